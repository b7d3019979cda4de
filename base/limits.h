/* Every limit, named. A limit that is exceeded is an error E_LIMIT that names it. */
#ifndef RN_BASE_LIMITS_H
#define RN_BASE_LIMITS_H
enum {
  RN_BATCH_ROWS_MAX = 2048,        /* rows of a batch; row numbers fit uint16_t */
  RN_STATEMENT_BYTES_MAX = 1 << 20,
  RN_NESTING_MAX = 200,            /* depth of parentheses, sub-queries, types */
  RN_AST_DEPTH_MAX = 1000,         /* of a syntax tree; AND, +, UNION .. in a row are a level each */
  RN_EXPR_NODES_MAX = 200000,      /* of a bound expression, operands that are used twice counted twice */
  RN_INLINED_NODES_MAX = 10000,    /* of an expression that took in those of the sub-query below it; more stays two */
  RN_VIEW_DEPTH_MAX = 32,          /* views over views */
  RN_FUNCTION_DEPTH_MAX = 32,      /* functions with a body in SQL that call such functions */
  RN_FUNCTION_NODES_MAX = 20000,   /* of what a call of one becomes */
  RN_WINDOW_REFERENCES_MAX = 16,   /* windows of WINDOW that build on others */
  RN_BOUND_QUERIES_MAX = 10000,    /* of a statement: a view or WITH item counts each time that it is named */
  RN_IDENTIFIER_BYTES_MAX = 256,
  RN_CALL_ARGS_MAX = 64,           /* of a function */
  RN_COLUMNS_MAX = 1000,           /* of a table, select list or ROW type */
  RN_GROUPING_SETS_MAX = 4096,     /* of a GROUP BY with GROUPING SETS, ROLLUP, CUBE */
  RN_GROUPING_KEYS_MAX = 64,       /* in all of them */
  RN_GROUPING_ABSENT_MAX = 40,     /* keys that one set or another leaves out */
  RN_DIAGNOSTICS_MAX = 20,         /* errors and warnings that a statement reports */
  RN_KEY_GROUPS = 128,             /* unit of ownership, snapshot and rescaling of keyed state */
  RN_RECORD_BYTES_MAX = 1 << 20,   /* a raw record */
  RN_JSON_DEPTH_MAX = 64,          /* of a record */
  RN_JSON_TEXT_DEPTH_MAX = 1000,   /* of a text that JSON functions read */
  RN_JSON_VISITS_MAX = 20000000,   /* values that a JSON path looks at in one text: $..*..* */
  RN_TEXT_BYTES_MAX = 1 << 28,     /* of what REPEAT, LPAD, RPAD make */
  RN_GATHERED_BYTES_MAX = 1 << 27, /* of the values that LISTAGG, ARRAY_AGG, COLLECT, PERCENTILE, JSON_ARRAYAGG .. keep of one key */
  RN_PRINTF_WIDTH_MAX = 1 << 20,   /* of a field of PRINTF */
  RN_SPLITS_MAX = 65535,           /* partitions of a topic or files of a table; split numbers fit uint16_t */
  RN_PARTITIONS_MAX = 512,         /* directories of PARTITIONED BY that a task writes in one epoch: a file is open for each */
  RN_DIRECTORY_DEPTH_MAX = 16,     /* directories in directories of a filesystem table */
  RN_DATAGEN_TEXT_MAX = 1 << 20,   /* 'fields.x.length' of a text .. */
  RN_DATAGEN_LENGTH_MAX = 1 << 16, /* .. and of an ARRAY, MAP, MULTISET */
  RN_REFERENCE_FILE_MAX = 1 << 20, /* bytes of a file that an option's value ${file:..} names */
  RN_PARALLELISM_MAX = 64,
  RN_STAGED_BYTES_MAX = 64 << 20,  /* rows staged for an epoch; more closes it early */
};
#endif
