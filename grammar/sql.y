/* sql.y: the syntax of the dialect (Lemon). Second step of the pipeline: tokens -> AST. Actions only call
 * constructors (parser/build.h); nothing is computed here. Strata instead of hidden precedence where a
 * keyword would be ambiguous: num (arithmetic) < pred (BETWEEN, IN, LIKE) < expr (comparison .. OR).
 * Sub-queries follow the with-parens / no-parens split that makes nested parentheses LALR(1).
 * Built with `lemon -c`: no default reductions, so that the state at a bad token knows all that could stand
 * there. The order of %token is the order in which expected words are listed in messages. */
%name rn_grammar_parse
%token_prefix TK_
%token_type {rn_token}
%extra_context {rn_parser *p}
%stack_size 4096
%stack_overflow { rn_parser_overflow(p); }
%syntax_error { rn_parser_refused(p, &yyminor); }
%include {
#include <assert.h>
#include "parser/build.h"
#define YYNOERRORRECOVERY 1
#pragma GCC diagnostic ignored "-Wunused-variable" /* Lemon's template fetches p where no code needs it */
}

/* --- tokens, in the order of their usefulness in "expected .." ------------------------------------------ */
%token SELECT FROM WHERE GROUP HAVING WINDOW QUALIFY ORDER LIMIT OFFSET FETCH UNION EXCEPT INTERSECT.
%token INSERT INTO VALUES CREATE DROP ALTER SHOW DESCRIBE DESC EXPLAIN SET RESET EXECUTE BEGIN STOP USE WITH.
%token TABLE TABLES VIEW VIEWS TEMPORARY AS BY JOIN LEFT RIGHT FULL INNER CROSS NATURAL OUTER ON USING LATERAL UNNEST.
%token COMMA RP LP SEMI DOT LBRACKET RBRACKET ARROW HINT_BEGIN HINT_END EQ.
%token AND OR NOT IS IN LIKE BETWEEN SIMILAR OVERLAPS ESCAPE ASC NULLS FIRST LAST NEXT ONLY.
%token THEN WHEN ELSE END CASE CAST TRY_CAST EXISTS INTERVAL NULL TRUE FALSE UNKNOWN.
%token DISTINCT ALL ANY SOME SYMMETRIC ASYMMETRIC GROUPING SETS CUBE ROLLUP OVER PARTITION ROWS RANGE ROW CURRENT.
%token UNBOUNDED PRECEDING FOLLOWING FILTER WITHIN RESPECT IGNORE EMIT CHANGES RECURSIVE.
%token PRIMARY KEY ENFORCED CONSTRAINT METADATA VIRTUAL WATERMARK FOR COMMENT PARTITIONED IF OVERWRITE REPLACE.
%token STATEMENT PLAN CHANGELOG_MODE ESTIMATED_COST JSON_EXECUTION_PLAN PLAN_ADVICE EXTENDED RENAME TO.
%token ADD MODIFY AFTER FUNCTION RETURNS RETURN LANGUAGE JAR JARS ARTIFACT MODULE MODULES LOAD UNLOAD REMOVE TRUNCATE.
%token CONFLICT DO NOTHING DEDUPLICATE ON_CONFLICT. /* ON in front of CONFLICT DO: parse.c */
%token DELETE UPDATE CALL ANALYZE COMPUTE STATISTICS RESTRICT CASCADE PROCEDURES MODELS COMPILE SYSTEM.
%token DISTRIBUTED BUCKETS HASH INCLUDING EXCLUDING OVERWRITING GENERATED OPTIONS CONSTRAINTS DISTRIBUTION PARTITIONS WATERMARKS.
%token JOB JOBS FUNCTIONS DATABASES CATALOGS CATALOG DATABASE COLUMNS ILIKE USER SAVEPOINT DRAIN.
%token SYSTEM_TIME OF ORDINALITY DESCRIPTOR JSON VALUE SCALAR OBJECT.
%token PASSING RETURNING DEFAULT ERROR EMPTY ABSENT WRAPPER CONDITIONAL UNCONDITIONAL.
%token EXTRACT SUBSTRING TRIM BOTH LEADING TRAILING POSITION OVERLAY PLACING FLOOR CEIL TIMESTAMPADD TIMESTAMPDIFF.
%token YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND YEARS QUARTERS MONTHS WEEKS DAYS HOURS MINUTES SECONDS.
%token ID STRING NUMBER BYTES_LITERAL FUNC NILADIC TYPE.
%token CHAR VARCHAR BINARY VARBINARY VARYING DOUBLE PRECISION DATE TIME TIMESTAMP TIMESTAMP_LTZ ZONE WITHOUT LOCAL.
%token ARRAY MAP MULTISET RAW STRUCTURED.
%token JSON_VALUE JSON_QUERY JSON_EXISTS JSON_OBJECT JSON_ARRAY JSON_OBJECTAGG JSON_ARRAYAGG.
%token NE LT GT LE GE PLUS MINUS STAR SLASH PERCENT CONCAT COLON.
%token RESERVED ILLEGAL.

%fallback ID
  CONFLICT DO NOTHING DEDUPLICATE
  DESC STOP VIEW TEMPORARY ASC NULLS FIRST LAST SETS UNBOUNDED PRECEDING FOLLOWING RESPECT IGNORE EMIT CHANGES
  KEY ENFORCED METADATA VIRTUAL PARTITIONED IF OVERWRITE REPLACE PLAN CHANGELOG_MODE ESTIMATED_COST
  JSON_EXECUTION_PLAN PLAN_ADVICE JOB JOBS CATALOG DATABASE COLUMNS DRAIN ORDINALITY DESCRIPTOR JSON SCALAR
  ADD AFTER JAR JARS ARTIFACT LOAD UNLOAD REMOVE ANALYZE COMPUTE STATISTICS RESTRICT CASCADE COMPILE INCLUDING EXCLUDING
  OVERWRITING GENERATED OPTIONS CONSTRAINTS PARTITIONS
  OBJECT PASSING RETURNING ERROR ABSENT WRAPPER CONDITIONAL UNCONDITIONAL PLACING TIMESTAMPADD TIMESTAMPDIFF QUARTER WEEK YEARS MONTHS DAYS HOURS MINUTES SECONDS MAP ZONE.

/* --- precedence, low to high (DIALECT 4.2) -------------------------------------------------------------- */
%nonassoc LOWEST.
%nonassoc TO RP RESPECT IGNORE.
%left UNION EXCEPT.
%left INTERSECT.
%left OR.
%left AND.
%right NOT.
%left IS.
%left EQ NE LT GT LE GE.
%left PLUS MINUS.
%left STAR SLASH PERCENT CONCAT.
%right UNARY.

%type statement {rn_ast_statement *}
%type query {rn_ast_query *}
%type expr {rn_ast_expr *}
%start_symbol input

input ::= statement(S). { rn_parser_done(p, S); }

/* ======================================================================================================== */
/* statements                                                                                               */
/* ======================================================================================================== */
statement(A) ::= explainable(S).                        { A = S; }
statement(A) ::= create_as(S).                          { A = S; }
statement(A) ::= row_change(S).                         { A = S; }
%type create_as {rn_ast_statement *}
%type row_change {rn_ast_statement *}
%type explainable {rn_ast_statement *}
explainable(A) ::= query(Q).                            { A = rn_build_query_statement(p, Q); }
explainable(A) ::= insert(I).                           { A = rn_build_insert_statement(p, I); }
explainable(A) ::= EXECUTE insert(I).                   { A = rn_build_insert_statement(p, I); }
explainable(A) ::= EXECUTE query(Q).                    { A = rn_build_query_statement(p, Q); }
explainable(A) ::= EXECUTE(T) statement_set(S).         { A = rn_build_set_begin(p, S, T); }
statement(A) ::= BEGIN(T) STATEMENT SET SEMI insert_list(L) END(E). { A = rn_build_statement_set(p, L, T, E); }

%type statement_set {rn_ast_statement *}
statement_set(A) ::= STATEMENT(T) SET BEGIN insert_list(L) END(E). { A = rn_build_statement_set(p, L, T, E); }
%type insert_list {rn_inserts}
insert_list(A) ::= insert(I) SEMI.                      { A = rn_inserts_add(p, (rn_inserts){0}, I); }
insert_list(A) ::= EXECUTE insert(I) SEMI.              { A = rn_inserts_add(p, (rn_inserts){0}, I); }
insert_list(A) ::= insert_list(B) insert(I) SEMI.       { A = rn_inserts_add(p, B, I); }
insert_list(A) ::= insert_list(B) EXECUTE insert(I) SEMI. { A = rn_inserts_add(p, B, I); }

/* --- INSERT --- */
%type insert {rn_ast_insert *}
insert(A) ::= insert_rows(I).                           { A = I; }
insert(A) ::= insert_rows(I) ON_CONFLICT(B) CONFLICT DO NOTHING(E). { A = rn_insert_conflict(I, RN_AST_CONFLICT_NOTHING, B, E); }
insert(A) ::= insert_rows(I) ON_CONFLICT(B) CONFLICT DO ERROR(E). { A = rn_insert_conflict(I, RN_AST_CONFLICT_ERROR, B, E); }
insert(A) ::= insert_rows(I) ON_CONFLICT(B) CONFLICT DO DEDUPLICATE(E). { A = rn_insert_conflict(I, RN_AST_CONFLICT_DEDUPLICATE, B, E); }
%type insert_rows {rn_ast_insert *}
insert_rows(A) ::= INSERT(T) insert_mode(M) path(P) hints(H) partition(S) query(Q).
                                                        { A = rn_build_insert(p, T, M, P, H, S, rn_no_names(), Q); }
insert_rows(A) ::= INSERT(T) insert_mode(M) path(P) hints(H) partition(S) LP names(N) RP query(Q).
                                                        { A = rn_build_insert(p, T, M, P, H, S, N, Q); }
%type partition {rn_ast_assignments}
partition(A) ::= .                                      { A = (rn_ast_assignments){0}; }
partition(A) ::= PARTITION LP assignments(B) RP.        { A = B; }
%type assignments {rn_ast_assignments}
assignments(A) ::= name(N) EQ expr(E).                  { A = rn_assignments_add(p, (rn_ast_assignments){0}, N, E); }
assignments(A) ::= assignments(B) COMMA name(N) EQ expr(E). { A = rn_assignments_add(p, B, N, E); }
/* ANALYZE: a key without a value stands for all of its partitions. */
%type partitions {rn_ast_assignments}
partitions(A) ::= .                                     { A = (rn_ast_assignments){0}; }
partitions(A) ::= PARTITION LP partition_items(B) RP.   { A = B; }
%type partition_items {rn_ast_assignments}
partition_items(A) ::= partition_item(I).               { A = rn_assignments_add(p, (rn_ast_assignments){0}, I.column, I.value); }
partition_items(A) ::= partition_items(B) COMMA partition_item(I). { A = rn_assignments_add(p, B, I.column, I.value); }
%type partition_item {rn_ast_assignment}
partition_item(A) ::= name(N).                          { A = (rn_ast_assignment){N, NULL}; }
partition_item(A) ::= name(N) EQ expr(E).               { A = (rn_ast_assignment){N, E}; }
%type insert_mode {bool}
insert_mode(A) ::= INTO.                                { A = false; }
insert_mode(A) ::= INTO TABLE.                          { A = false; }
insert_mode(A) ::= OVERWRITE.                           { A = true; }
insert_mode(A) ::= OVERWRITE TABLE.                     { A = true; }

/* --- CREATE --- */
%type create_flags {unsigned}
create_flags(A) ::= .                                   { A = 0; }
create_flags(A) ::= TEMPORARY.                          { A = RN_CREATE_TEMPORARY; }
create_flags(A) ::= OR REPLACE.                         { A = RN_CREATE_REPLACE; }
create_flags(A) ::= OR REPLACE TEMPORARY.               { A = RN_CREATE_REPLACE | RN_CREATE_TEMPORARY; }
%type if_not_exists {bool}
if_not_exists(A) ::= .                                  { A = false; }
if_not_exists(A) ::= IF NOT EXISTS.                     { A = true; }
%type if_exists {bool}
if_exists(A) ::= .                                      { A = false; }
if_exists(A) ::= IF EXISTS.                             { A = true; }
%type temporary {unsigned}
temporary(A) ::= .                                      { A = 0; }
temporary(A) ::= TEMPORARY.                             { A = RN_CREATE_TEMPORARY; }

statement(A) ::= CREATE create_flags(F) TABLE if_not_exists(I) path(P) table_body(B) comment(C) distributed(D)
                 partitioned(N) with_options(W).        { A = rn_build_create_table(p, F, I, P, rn_build_layout(B, C, D, N, W), NULL); }
create_as(A) ::= CREATE create_flags(F) TABLE if_not_exists(I) path(P) table_body(B) comment(C) distributed(D)
                 partitioned(N) with_options(W) AS query(Q). { A = rn_build_create_table(p, F, I, P, rn_build_layout(B, C, D, N, W), Q); }
statement(A) ::= CREATE create_flags(F) TABLE if_not_exists(I) path(P) table_body(B) comment(C) distributed(D)
                 partitioned(N) with_options(W) LIKE path(L) like_options(O).
                                                        { A = rn_build_create_like(p, F, I, P, rn_build_layout(B, C, D, N, W), L, O); }
create_as(A) ::= REPLACE TABLE path(P) table_body(B) comment(C) distributed(D) partitioned(N) with_options(W) AS query(Q).
                                                        { A = rn_build_create_table(p, RN_CREATE_REPLACE | RN_CREATE_MUST_EXIST, false, P, rn_build_layout(B, C, D, N, W), Q); }
statement(A) ::= CREATE DATABASE if_not_exists(I) path(P) comment(C) with_options(W).
                                                        { A = rn_build_create_space(p, RN_AST_OBJECT_DATABASE, I, P, C, W); }
statement(A) ::= CREATE CATALOG if_not_exists(I) path(P) comment(C) with_options(W).
                                                        { A = rn_build_create_space(p, RN_AST_OBJECT_CATALOG, I, P, C, W); }
statement(A) ::= CREATE create_flags(F) FUNCTION if_not_exists(I) path(P) LP params(N) RP RETURNS type(T) comment(C) RETURN expr(E).
                                                        { A = rn_build_function(p, F, I, P, N, T, C, E); }
statement(A) ::= CREATE create_flags(F) FUNCTION if_not_exists(I) path(P) class_body(B). { A = rn_build_class_function(B, F, I, P); }
statement(A) ::= CREATE TEMPORARY SYSTEM FUNCTION if_not_exists(I) path(P) class_body(B).
                                                        { A = rn_build_class_function(B, RN_CREATE_TEMPORARY | RN_CREATE_SYSTEM, I, P); }
%type class_body {rn_ast_statement *}
class_body(A) ::= AS STRING(S) language(L) jars(J) with_options(W). { A = rn_build_class_body(p, S, L, J, W); }
%type language {const char *}
language(A) ::= .                                       { A = NULL; }
language(A) ::= LANGUAGE name(N).                       { A = N.text; }
language(A) ::= LANGUAGE RESERVED(T).                   { A = T.text; }
%type jars {rn_ast_names}
jars(A) ::= .                                           { A = rn_no_names(); }
jars(A) ::= USING jar_list(B).                          { A = B; }
%type jar_list {rn_ast_names}
jar_list(A) ::= jar_word STRING(S).                     { A = rn_names_add(p, rn_no_names(), rn_build_name(S)); }
jar_list(A) ::= jar_list(B) COMMA jar_word STRING(S).   { A = rn_names_add(p, B, rn_build_name(S)); }
jar_word ::= JAR.
jar_word ::= ARTIFACT.
%type params {rn_type_fields}
params(A) ::= .                                         { A = (rn_type_fields){0}; }
params(A) ::= param_list(B).                            { A = B; }
%type param_list {rn_type_fields}
param_list(A) ::= name(N) type(T).                      { A = rn_type_fields_add(p, (rn_type_fields){0}, rn_build_type_field(N, T)); }
param_list(A) ::= param_list(B) COMMA name(N) type(T).  { A = rn_type_fields_add(p, B, rn_build_type_field(N, T)); }
%type distributed {rn_ast_distribution}
distributed(A) ::= .                                    { A = rn_no_distribution(); }
distributed(A) ::= DISTRIBUTED distribution(D).         { A = D; }
%type distribution {rn_ast_distribution}
distribution(A) ::= BY(T) LP names(N) RP(R) buckets(B). { A = rn_build_distribution(T, NULL, N, B, R); }
distribution(A) ::= BY(T) HASH LP names(N) RP(R) buckets(B). { A = rn_build_distribution(T, "HASH", N, B, R); }
distribution(A) ::= BY(T) RANGE LP names(N) RP(R) buckets(B). { A = rn_build_distribution(T, "RANGE", N, B, R); }
distribution(A) ::= INTO(T) NUMBER(N) BUCKETS(R). { A = rn_build_distribution(T, NULL, rn_no_names(), N.text, R); }
%type buckets {const char *}
buckets(A) ::= .                                        { A = NULL; }
buckets(A) ::= INTO NUMBER(N) BUCKETS.                  { A = N.text; }
%type like_options {rn_like_options}
like_options(A) ::= .                                   { A = (rn_like_options){0}; }
like_options(A) ::= LP like_list(B) RP.                 { A = B; }
%type like_list {rn_like_options}
like_list(A) ::= like_how(H) like_what(W).              { A = rn_like_options_add(p, (rn_like_options){0}, H, W); }
like_list(A) ::= like_list(B) like_how(H) like_what(W). { A = rn_like_options_add(p, B, H, W); }
%type like_how {rn_token}
like_how(A) ::= INCLUDING(T).                           { A = T; }
like_how(A) ::= EXCLUDING(T).                           { A = T; }
like_how(A) ::= OVERWRITING(T).                         { A = T; }
%type like_what {rn_token}
like_what(A) ::= ALL(T).                                { A = T; }
like_what(A) ::= CONSTRAINTS(T).                        { A = T; }
like_what(A) ::= DISTRIBUTION(T).                       { A = T; }
like_what(A) ::= PARTITIONS(T).                         { A = T; }
like_what(A) ::= GENERATED(T).                          { A = T; }
like_what(A) ::= METADATA(T).                           { A = T; }
like_what(A) ::= OPTIONS(T).                            { A = T; }
like_what(A) ::= WATERMARKS(T).                         { A = T; }
statement(A) ::= CREATE create_flags(F) VIEW if_not_exists(I) path(P) view_columns(N) comment(C) AS query(Q).
                                                        { A = rn_build_create_view(p, F, I, P, N, C, Q); }
%type table_body {rn_ast_table_def *}
table_body(A) ::= .                                     { A = rn_build_table(p); }
table_body(A) ::= LP table_elements(B) RP.              { A = B; }
%type table_elements {rn_ast_table_def *}
table_elements(A) ::= column(C).                        { A = rn_build_add_column(p, rn_build_table(p), C); }
table_elements(A) ::= table_elements(B) COMMA column(C). { A = rn_build_add_column(p, B, C); }
table_elements(A) ::= table_clause(C).                  { A = rn_build_add_clause(p, rn_build_table(p), C); }
table_elements(A) ::= table_elements(B) COMMA table_clause(C). { A = rn_build_add_clause(p, B, C); }

%type column {rn_ast_column_def *}
column(A) ::= name(N).                                  { A = rn_build_column_name(p, N); }
column(A) ::= name(N) type(T) column_key(K) comment(C). { A = rn_build_column(p, N, T, K, C); }
column(A) ::= name(N) type(T) METADATA(M) virtual(V) comment(C).
                                                        { A = rn_build_column_metadata(p, N, T, M, NULL, V, C); }
column(A) ::= name(N) type(T) METADATA(M) FROM STRING(S) virtual(V) comment(C).
                                                        { A = rn_build_column_metadata(p, N, T, M, &S, V, C); }
column(A) ::= name(N) AS expr(E) comment(C).            { A = rn_build_column_computed(p, N, E, C); }
%type virtual {bool}
virtual(A) ::= .                                        { A = false; }
virtual(A) ::= VIRTUAL.                                 { A = true; }
%type column_key {rn_column_key}
column_key(A) ::= .                                     { A = (rn_column_key){RN_KEY_NONE, NULL}; }
column_key(A) ::= constraint_name(C) PRIMARY KEY key_mode(M). { A = (rn_column_key){M, C}; }
%type constraint_name {const char *}
constraint_name(A) ::= .                                { A = NULL; }
constraint_name(A) ::= CONSTRAINT name(N).              { A = N.text; }
%type key_mode {rn_key_mode}
key_mode(A) ::= .                                       { A = RN_KEY_ENFORCED; }
key_mode(A) ::= ENFORCED.                               { A = RN_KEY_ENFORCED; }
key_mode(A) ::= NOT ENFORCED.                           { A = RN_KEY_NOT_ENFORCED; }
%type table_clause {rn_table_clause *}
table_clause(A) ::= constraint_name(C) PRIMARY(T) KEY LP names(N) RP(E) key_mode(M). { A = rn_build_key(p, C, T, N, E, M); }
table_clause(A) ::= WATERMARK(T) FOR name(N) AS expr(E). { A = rn_build_watermark(p, T, N, E); }

%type comment {const char *}
comment(A) ::= .                                        { A = NULL; }
comment(A) ::= COMMENT STRING(S).                       { A = S.text; }
%type partitioned {rn_ast_names}
partitioned(A) ::= .                                    { A = rn_no_names(); }
partitioned(A) ::= PARTITIONED BY LP names(N) RP.       { A = N; }
%type view_columns {rn_ast_names}
view_columns(A) ::= .                                   { A = rn_no_names(); }
view_columns(A) ::= LP names(N) RP.                     { A = N; }
%type with_options {rn_option_list}
with_options(A) ::= .                                   { A = (rn_option_list){0}; }
with_options(A) ::= WITH options(O).                    { A = O; }
%type options {rn_option_list}
options(A) ::= LP RP.                                   { A = rn_options_given((rn_option_list){0}); }
options(A) ::= LP option_items(O) RP.                   { A = rn_options_given(O); }
%type option_items {rn_option_list}
option_items(A) ::= STRING(K) EQ STRING(V).             { A = rn_options_add(p, (rn_option_list){0}, K, V); }
option_items(A) ::= option_items(B) COMMA STRING(K) EQ STRING(V). { A = rn_options_add(p, B, K, V); }

/* --- DROP, ALTER --- */
statement(A) ::= DROP temporary(T) TABLE if_exists(I) path(P). { A = rn_build_drop(p, T, RN_AST_OBJECT_TABLE, I, P); }
statement(A) ::= DROP temporary(T) VIEW if_exists(I) path(P).  { A = rn_build_drop(p, T, RN_AST_OBJECT_VIEW, I, P); }
statement(A) ::= DROP temporary(T) FUNCTION if_exists(I) path(P). { A = rn_build_drop(p, T, RN_AST_OBJECT_FUNCTION, I, P); }
statement(A) ::= DROP TEMPORARY SYSTEM FUNCTION if_exists(I) path(P).
                                                        { A = rn_build_drop(p, RN_CREATE_TEMPORARY | RN_CREATE_SYSTEM, RN_AST_OBJECT_FUNCTION, I, P); }
statement(A) ::= DROP DATABASE if_exists(I) path(P).    { A = rn_build_drop(p, 0, RN_AST_OBJECT_DATABASE, I, P); }
statement(A) ::= DROP DATABASE if_exists(I) path(P) RESTRICT. { A = rn_build_drop(p, 0, RN_AST_OBJECT_DATABASE, I, P); }
statement(A) ::= DROP DATABASE if_exists(I) path(P) CASCADE. { A = rn_build_drop(p, RN_DROP_CASCADE, RN_AST_OBJECT_DATABASE, I, P); }
statement(A) ::= DROP CATALOG if_exists(I) path(P).     { A = rn_build_drop(p, 0, RN_AST_OBJECT_CATALOG, I, P); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) SET options(O). { A = rn_build_alter_options(p, I, P, O, RN_ALTER_SET); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) RESET LP option_keys(O) RP.
                                                        { A = rn_build_alter_options(p, I, P, O, RN_ALTER_RESET); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) RENAME TO path(N). { A = rn_build_rename(rn_build_alter(p, I, P, RN_ALTER_RENAME), N); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) RENAME name(O) TO name(N).
                                                        { A = rn_build_rename_column(p, rn_build_alter(p, I, P, RN_ALTER_RENAME_COLUMN), O, N); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) ADD alter_items(B). { A = rn_build_alter_table(B, I, P, RN_ALTER_ADD); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) MODIFY alter_items(B). { A = rn_build_alter_table(B, I, P, RN_ALTER_MODIFY); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) ADD DISTRIBUTION distribution(D).
                                                        { A = rn_build_alter_distribution(p, rn_build_alter(p, I, P, RN_ALTER_ADD), D); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) MODIFY DISTRIBUTION distribution(D).
                                                        { A = rn_build_alter_distribution(p, rn_build_alter(p, I, P, RN_ALTER_MODIFY), D); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) ADD if_not_exists(E) PARTITION LP assignments(B) RP with_options(W).
                                                        { A = rn_build_alter_partition(rn_build_alter(p, I, P, RN_ALTER_ADD_PARTITION), E, B, W); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP if_exists(E) PARTITION LP assignments(B) RP.
                                                        { A = rn_build_alter_partition(rn_build_alter(p, I, P, RN_ALTER_DROP_PARTITION), E, B, (rn_option_list){0}); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP name(N).
                                                        { A = rn_build_alter_names(rn_build_alter(p, I, P, RN_ALTER_DROP_COLUMNS), rn_names_add(p, rn_no_names(), N), false); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP LP names(N) RP.
                                                        { A = rn_build_alter_names(rn_build_alter(p, I, P, RN_ALTER_DROP_COLUMNS), N, true); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP PRIMARY KEY. { A = rn_build_alter(p, I, P, RN_ALTER_DROP_KEY); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP CONSTRAINT name(N).
                                                        { A = rn_build_alter_names(rn_build_alter(p, I, P, RN_ALTER_DROP_CONSTRAINT), rn_names_add(p, rn_no_names(), N), false); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP WATERMARK. { A = rn_build_alter(p, I, P, RN_ALTER_DROP_WATERMARK); }
statement(A) ::= ALTER TABLE if_exists(I) path(P) DROP DISTRIBUTION. { A = rn_build_alter(p, I, P, RN_ALTER_DROP_DISTRIBUTION); }
%type alter_items {rn_ast_statement *}
alter_items(A) ::= alter_column(C).                     { A = rn_build_alter_column(p, NULL, C, false); }
alter_items(A) ::= table_clause(C).                     { A = rn_build_alter_clause(p, NULL, C, false); }
alter_items(A) ::= LP alter_list(B) RP.                 { A = B; }
%type alter_list {rn_ast_statement *}
alter_list(A) ::= alter_column(C).                      { A = rn_build_alter_column(p, NULL, C, true); }
alter_list(A) ::= table_clause(C).                      { A = rn_build_alter_clause(p, NULL, C, true); }
alter_list(A) ::= alter_list(B) COMMA alter_column(C).  { A = rn_build_alter_column(p, B, C, true); }
alter_list(A) ::= alter_list(B) COMMA table_clause(C).  { A = rn_build_alter_clause(p, B, C, true); }
%type alter_column {rn_ast_alter_column *}
alter_column(A) ::= column(C).                          { A = rn_build_column_place(p, C, false, NULL); }
alter_column(A) ::= column(C) FIRST.                    { A = rn_build_column_place(p, C, true, NULL); }
alter_column(A) ::= column(C) AFTER name(N).            { A = rn_build_column_place(p, C, false, &N); }
statement(A) ::= ALTER VIEW path(P) RENAME TO path(N).  { A = rn_build_rename(rn_build_alter_object(p, RN_AST_OBJECT_VIEW, P, RN_ALTER_RENAME), N); }
statement(A) ::= ALTER VIEW path(P) AS query(Q).        { A = rn_build_alter_query(rn_build_alter_object(p, RN_AST_OBJECT_VIEW, P, RN_ALTER_QUERY), Q); }
statement(A) ::= ALTER DATABASE path(P) SET options(O). { A = rn_build_options_of(rn_build_alter_object(p, RN_AST_OBJECT_DATABASE, P, RN_ALTER_SET), O); }
statement(A) ::= ALTER CATALOG path(P) SET options(O).  { A = rn_build_options_of(rn_build_alter_object(p, RN_AST_OBJECT_CATALOG, P, RN_ALTER_SET), O); }
statement(A) ::= ALTER CATALOG path(P) RESET LP option_keys(O) RP.
                                                        { A = rn_build_options_of(rn_build_alter_object(p, RN_AST_OBJECT_CATALOG, P, RN_ALTER_RESET), O); }
statement(A) ::= ALTER CATALOG path(P) COMMENT STRING(S). { A = rn_build_alter_comment(rn_build_alter_object(p, RN_AST_OBJECT_CATALOG, P, RN_ALTER_COMMENT), S); }
statement(A) ::= ALTER temporary(T) FUNCTION if_exists(I) path(P) AS STRING(S) language(L).
                                                        { A = rn_build_alter_function(p, T, I, P, S, L); }
statement(A) ::= ALTER TEMPORARY SYSTEM FUNCTION if_exists(I) path(P) AS STRING(S) language(L).
                                                        { A = rn_build_alter_function(p, RN_CREATE_TEMPORARY | RN_CREATE_SYSTEM, I, P, S, L); }

/* --- rows of a stored table --- */
statement(A) ::= TRUNCATE TABLE path(P).                { A = rn_build_rows(p, RN_AST_STMT_TRUNCATE, P, NULL); }
row_change(A) ::= DELETE FROM path(P) where(W).         { A = rn_build_rows(p, RN_AST_STMT_DELETE, P, W.expr); }
row_change(A) ::= UPDATE path(P) SET assignments(S) where(W). { A = rn_build_update(rn_build_rows(p, RN_AST_STMT_UPDATE, P, W.expr), S); }
statement(A) ::= ANALYZE TABLE path(P) partitions(S) COMPUTE STATISTICS. { A = rn_build_analyze(p, P, S, rn_no_names(), false); }
statement(A) ::= ANALYZE TABLE path(P) partitions(S) COMPUTE STATISTICS FOR COLUMNS names(N). { A = rn_build_analyze(p, P, S, N, false); }
statement(A) ::= ANALYZE TABLE path(P) partitions(S) COMPUTE STATISTICS FOR ALL COLUMNS. { A = rn_build_analyze(p, P, S, rn_no_names(), true); }
statement(A) ::= CALL path(P) LP call_args(B) RP(R).    { A = rn_build_call_statement(p, rn_build_call(p, P, B, R)); }

/* --- modules, jars, plans: one process has none --- */
statement(A) ::= LOAD MODULE name(N) with_options(W).   { A = rn_build_options_of(rn_build_foreign(p, RN_FOREIGN_LOAD_MODULE, rn_names_add(p, rn_no_names(), N), NULL), W); }
statement(A) ::= UNLOAD MODULE name(N).                 { A = rn_build_foreign(p, RN_FOREIGN_UNLOAD_MODULE, rn_names_add(p, rn_no_names(), N), NULL); }
statement(A) ::= USE MODULES names(N).                  { A = rn_build_foreign(p, RN_FOREIGN_USE_MODULES, N, NULL); }
statement(A) ::= ADD JAR STRING(S).                     { A = rn_build_foreign(p, RN_FOREIGN_ADD_JAR, rn_no_names(), &S); }
statement(A) ::= REMOVE JAR STRING(S).                  { A = rn_build_foreign(p, RN_FOREIGN_REMOVE_JAR, rn_no_names(), &S); }
statement(A) ::= EXECUTE PLAN STRING(S).                { A = rn_build_foreign(p, RN_FOREIGN_EXECUTE_PLAN, rn_no_names(), &S); }
statement(A) ::= COMPILE PLAN STRING(S) if_not_exists(I) FOR explained(E).
                                                        { A = rn_build_compile(rn_build_foreign(p, RN_FOREIGN_COMPILE_PLAN, rn_no_names(), &S), I, E); }
statement(A) ::= COMPILE AND EXECUTE PLAN STRING(S) FOR explained(E).
                                                        { A = rn_build_compile(rn_build_foreign(p, RN_FOREIGN_COMPILE_AND_EXECUTE_PLAN, rn_no_names(), &S), false, E); }
%type option_keys {rn_option_list}
option_keys(A) ::= STRING(K).                           { A = rn_options_add_key(p, (rn_option_list){0}, K); }
option_keys(A) ::= option_keys(B) COMMA STRING(K).      { A = rn_options_add_key(p, B, K); }

/* --- SET, SHOW, DESCRIBE, EXPLAIN, STOP JOB, USE --- */
statement(A) ::= SET.                                   { A = rn_build_set(p, RN_AST_STMT_SET, NULL, NULL); }
statement(A) ::= SET STRING(K) EQ STRING(V).            { A = rn_build_set(p, RN_AST_STMT_SET, &K, &V); }
statement(A) ::= RESET.                                 { A = rn_build_set(p, RN_AST_STMT_RESET, NULL, NULL); }
statement(A) ::= RESET STRING(K).                       { A = rn_build_set(p, RN_AST_STMT_RESET, &K, NULL); }
statement(A) ::= SHOW TABLES of(P) like(L).             { A = rn_build_show(p, RN_SHOW_TABLES, P, L); }
statement(A) ::= SHOW VIEWS of(P) like(L).              { A = rn_build_show(p, RN_SHOW_VIEWS, P, L); }
statement(A) ::= SHOW COLUMNS from_in path(P) like(L).  { A = rn_build_show(p, RN_SHOW_COLUMNS, P, L); }
statement(A) ::= SHOW CREATE TABLE path(P).             { A = rn_build_show(p, RN_SHOW_CREATE_TABLE, P, rn_no_like()); }
statement(A) ::= SHOW CREATE VIEW path(P).              { A = rn_build_show(p, RN_SHOW_CREATE_VIEW, P, rn_no_like()); }
statement(A) ::= SHOW JOBS.                             { A = rn_build_show(p, RN_SHOW_JOBS, rn_no_path(), rn_no_like()); }
statement(A) ::= SHOW FUNCTIONS of(P) like(L).          { A = rn_build_show(p, RN_SHOW_FUNCTIONS, P, L); }
statement(A) ::= SHOW USER FUNCTIONS of(P) like(L).     { A = rn_build_show(p, RN_SHOW_USER_FUNCTIONS, P, L); }
statement(A) ::= SHOW CREATE FUNCTION path(P).          { A = rn_build_show(p, RN_SHOW_CREATE_FUNCTION, P, rn_no_like()); }
statement(A) ::= SHOW CREATE DATABASE path(P).          { A = rn_build_show(p, RN_SHOW_CREATE_DATABASE, P, rn_no_like()); }
statement(A) ::= SHOW CREATE CATALOG path(P).           { A = rn_build_show(p, RN_SHOW_CREATE_CATALOG, P, rn_no_like()); }
statement(A) ::= SHOW MODULES.                          { A = rn_build_show(p, RN_SHOW_MODULES, rn_no_path(), rn_no_like()); }
statement(A) ::= SHOW FULL MODULES.                     { A = rn_build_show(p, RN_SHOW_FULL_MODULES, rn_no_path(), rn_no_like()); }
statement(A) ::= SHOW JARS.                             { A = rn_build_show(p, RN_SHOW_JARS, rn_no_path(), rn_no_like()); }
statement(A) ::= SHOW PARTITIONS path(P) partition(S).  { A = rn_build_update(rn_build_show(p, RN_SHOW_PARTITIONS, P, rn_no_like()), S); }
statement(A) ::= SHOW PROCEDURES of(P) like(L).         { A = rn_build_show(p, RN_SHOW_PROCEDURES, P, L); }
statement(A) ::= SHOW MODELS of(P) like(L).             { A = rn_build_show(p, RN_SHOW_MODELS, P, L); }
statement(A) ::= SHOW DATABASES of(P) like(L).          { A = rn_build_show(p, RN_SHOW_DATABASES, P, L); }
statement(A) ::= SHOW CATALOGS like(L).                 { A = rn_build_show(p, RN_SHOW_CATALOGS, rn_no_path(), L); }
statement(A) ::= SHOW CURRENT CATALOG.                  { A = rn_build_show(p, RN_SHOW_CURRENT_CATALOG, rn_no_path(), rn_no_like()); }
statement(A) ::= SHOW CURRENT DATABASE.                 { A = rn_build_show(p, RN_SHOW_CURRENT_DATABASE, rn_no_path(), rn_no_like()); }
from_in ::= FROM.
from_in ::= IN.
%type of {rn_ast_path}
of(A) ::= .                                             { A = rn_no_path(); }
of(A) ::= from_in path(P).                              { A = P; }
%type like {rn_like}
like(A) ::= .                                           { A = rn_no_like(); }
like(A) ::= not(N) LIKE STRING(S).                      { A = rn_build_like(N, S, false); }
like(A) ::= not(N) ILIKE STRING(S).                     { A = rn_build_like(N, S, true); }
statement(A) ::= describe path(P).                      { A = rn_build_describe(p, RN_AST_OBJECT_TABLE, P, false); }
statement(A) ::= describe EXTENDED path(P).             { A = rn_build_describe(p, RN_AST_OBJECT_TABLE, P, true); }
statement(A) ::= describe described(T).                 { A = rn_build_describe(p, RN_AST_OBJECT_TABLE, rn_build_word_path(p, T), false); }
%type described {rn_token} /* soft words: tables may have these names */
described(A) ::= CATALOG(T).                            { A = T; }
described(A) ::= DATABASE(T).                           { A = T; }
described(A) ::= JOB(T).                                { A = T; }
statement(A) ::= describe CATALOG path(P).              { A = rn_build_describe(p, RN_AST_OBJECT_CATALOG, P, false); }
statement(A) ::= describe CATALOG EXTENDED path(P).     { A = rn_build_describe(p, RN_AST_OBJECT_CATALOG, P, true); }
statement(A) ::= describe DATABASE path(P).             { A = rn_build_describe(p, RN_AST_OBJECT_DATABASE, P, false); }
statement(A) ::= describe DATABASE EXTENDED path(P).    { A = rn_build_describe(p, RN_AST_OBJECT_DATABASE, P, true); }
statement(A) ::= describe FUNCTION function_path(P).    { A = rn_build_describe(p, RN_AST_OBJECT_FUNCTION, P, false); }
statement(A) ::= describe FUNCTION EXTENDED function_path(P). { A = rn_build_describe(p, RN_AST_OBJECT_FUNCTION, P, true); }
statement(A) ::= describe JOB STRING(S).                { A = rn_build_describe_job(p, S); }
%type function_path {rn_ast_path}
function_path(A) ::= path(P).                           { A = P; }
function_path(A) ::= function_word(T).                  { A = rn_build_word_path(p, T); }
function_path(A) ::= NILADIC(T).                        { A = rn_build_word_path(p, T); }
describe ::= DESCRIBE.
describe ::= DESC.
statement(A) ::= EXPLAIN explained(S).                  { A = rn_build_explain(p, 0, S); }
statement(A) ::= EXPLAIN PLAN FOR explained(S).         { A = rn_build_explain(p, 0, S); }
statement(A) ::= EXPLAIN explain_details(D) explained(S). { A = rn_build_explain(p, D, S); }
%type explained {rn_ast_statement *}
explained(A) ::= explainable(S).                        { A = S; }
explained(A) ::= statement_set(S).                      { A = S; }
explained(A) ::= create_as(S).                          { A = S; }
explained(A) ::= row_change(S).                         { A = S; }
%type explain_details {unsigned}
explain_details(A) ::= explain_detail(D).               { A = rn_build_detail(p, 0, D); }
explain_details(A) ::= explain_details(B) COMMA explain_detail(D). { A = rn_build_detail(p, B, D); }
%type explain_detail {rn_token}
explain_detail(A) ::= CHANGELOG_MODE(T).                { A = T; }
explain_detail(A) ::= ESTIMATED_COST(T).                { A = T; }
explain_detail(A) ::= JSON_EXECUTION_PLAN(T).           { A = T; }
explain_detail(A) ::= PLAN_ADVICE(T).                   { A = T; }
statement(A) ::= STOP JOB STRING(S) stop_with(W).       { A = rn_build_stop_job(p, S, W); }
%type stop_with {unsigned}
stop_with(A) ::= .                                      { A = 0; }
stop_with(A) ::= stop_with(B) WITH SAVEPOINT.           { A = B | RN_STOP_SAVEPOINT; }
stop_with(A) ::= stop_with(B) WITH DRAIN.               { A = B | RN_STOP_DRAIN; }
statement(A) ::= USE path(P).                           { A = rn_build_use(p, P, false); }
statement(A) ::= USE CATALOG path(P).                   { A = rn_build_use(p, P, true); }

/* ======================================================================================================== */
/* queries                                                                                                  */
/* ======================================================================================================== */
query(A) ::= plain_query(Q).                            { A = Q; }
query(A) ::= subquery(Q).                               { A = Q; }
%type subquery {rn_ast_query *}
subquery(A) ::= LP(L) plain_query(Q) RP(R).             { A = rn_build_parenthesized(p, L, Q, R); }
subquery(A) ::= LP(L) subquery(Q) RP(R).                { A = rn_build_parenthesized(p, L, Q, R); }
%type plain_query {rn_ast_query *}
plain_query(A) ::= simple_query(Q).                     { A = Q; }
plain_query(A) ::= query_operand(Q) tail(T).            { A = rn_build_tail(p, Q, T); }
plain_query(A) ::= with(W) query_operand(Q).            { A = rn_build_with(p, W, Q); }
plain_query(A) ::= with(W) query_operand(Q) tail(T).    { A = rn_build_with(p, W, rn_build_tail(p, Q, T)); }
%type query_operand {rn_ast_query *}
query_operand(A) ::= simple_query(Q).                   { A = Q; }
query_operand(A) ::= subquery(Q).                       { A = Q; }
%type simple_query {rn_ast_query *}
simple_query(A) ::= select(Q).                          { A = Q; }
simple_query(A) ::= VALUES(T) exprs(E).                 { A = rn_build_values(p, T, E); }
simple_query(A) ::= TABLE(T) path(P).                   { A = rn_build_table_query(p, T, P); }
simple_query(A) ::= query_operand(L) UNION(T) set_all(S) query_operand(R).     { A = rn_build_set_op(p, RN_SET_UNION, T, S, L, R); }
simple_query(A) ::= query_operand(L) EXCEPT(T) set_all(S) query_operand(R).    { A = rn_build_set_op(p, RN_SET_EXCEPT, T, S, L, R); }
simple_query(A) ::= query_operand(L) INTERSECT(T) set_all(S) query_operand(R). { A = rn_build_set_op(p, RN_SET_INTERSECT, T, S, L, R); }
%type set_all {bool}
set_all(A) ::= .                                        { A = false; }
set_all(A) ::= DISTINCT.                                { A = false; }
set_all(A) ::= ALL.                                     { A = true; }

%type with {rn_with}
with(A) ::= WITH(T) with_item(I).                       { A = rn_with_add(p, rn_with_begin(T), I); }
with(A) ::= WITH(T) RECURSIVE with_item(I).             { A = rn_with_add(p, rn_with_begin(T), I); A.recursive = true; }
with(A) ::= with(B) COMMA with_item(I).                 { A = rn_with_add(p, B, I); }
%type with_item {rn_ast_with_item}
with_item(A) ::= name(N) view_columns(C) AS subquery(Q). { A = rn_build_with_item(N, C, Q); }

%type tail {rn_query_tail *}
tail(A) ::= EMIT CHANGES(T).                            { A = rn_tail_emit(p, NULL, T); }
tail(A) ::= tail_order(B).                              { A = B; }
tail(A) ::= tail_order(B) EMIT CHANGES(T).              { A = rn_tail_emit(p, B, T); }
%type tail_order {rn_query_tail *}
tail_order(A) ::= order_by(O).                          { A = rn_tail_order(p, O); }
tail_order(A) ::= limits(L).                            { A = L; }
tail_order(A) ::= order_by(O) limits(L).                { A = rn_tail_join(p, rn_tail_order(p, O), L); }
%type order_by {rn_sort_items}
order_by(A) ::= ORDER(T) BY sort_items(S).              { A = rn_sort_begin(S, T); }
%type sort_items {rn_sort_items}
sort_items(A) ::= sort_item(S).                         { A = rn_sort_add(p, (rn_sort_items){0}, S); }
sort_items(A) ::= sort_items(B) COMMA sort_item(S).     { A = rn_sort_add(p, B, S); }
%type sort_item {rn_ast_sort_item}
sort_item(A) ::= expr(E) direction(D) nulls_order(N).   { A = rn_build_sort_item(E, D, N); }
%type direction {bool}
direction(A) ::= .                                      { A = false; }
direction(A) ::= ASC.                                   { A = false; }
direction(A) ::= DESC.                                  { A = true; }
%type nulls_order {int8_t}
nulls_order(A) ::= .                                    { A = 0; }
nulls_order(A) ::= NULLS FIRST.                         { A = 1; }
nulls_order(A) ::= NULLS LAST.                          { A = -1; }
%type limits {rn_query_tail *}
limits(A) ::= LIMIT(T) limit_value(L).                  { A = rn_tail_limit(p, T, L, NULL); }
limits(A) ::= LIMIT(T) limit_value(L) OFFSET num(O) row_word. { A = rn_tail_limit(p, T, L, O); }
limits(A) ::= OFFSET(T) num(O) row_word.                { A = rn_tail_limit(p, T, NULL, O); }
limits(A) ::= OFFSET(T) num(O) row_word fetch(F).       { A = rn_tail_limit(p, T, F, O); }
limits(A) ::= fetch(F).                                 { A = rn_tail_fetch(p, F); }
%type limit_value {rn_ast_expr *}
limit_value(A) ::= num(E).                              { A = E; }
limit_value(A) ::= ALL.                                 { A = NULL; }
row_word ::= .
row_word ::= ROW.
row_word ::= ROWS.
%type fetch {rn_ast_expr *}
fetch(A) ::= FETCH(T) first_next ROW ONLY.              { A = rn_build_one(p, T); }
fetch(A) ::= FETCH(T) first_next ROWS ONLY.             { A = rn_build_one(p, T); }
fetch(A) ::= FETCH first_next num(N) ROW ONLY.          { A = N; }
fetch(A) ::= FETCH first_next num(N) ROWS ONLY.         { A = N; }
first_next ::= FIRST.
first_next ::= NEXT.

/* --- SELECT --- */
%type select {rn_ast_query *}
select(A) ::= SELECT(T) hints(H) distinct(D) select_items(I) from(F) where(W) group_by(G) having(V) windows(N) qualify(Q).
                                                        { A = rn_build_select(p, T, H, D, I, F, W, G, V, N, Q); }
%type distinct {bool}
distinct(A) ::= .                                       { A = false; }
distinct(A) ::= ALL.                                    { A = false; }
distinct(A) ::= DISTINCT.                               { A = true; }
%type select_items {rn_select_items}
select_items(A) ::= select_item(I).                     { A = rn_select_add(p, (rn_select_items){0}, I); }
select_items(A) ::= select_items(B) COMMA select_item(I). { A = rn_select_add(p, B, I); }
%type select_item {rn_ast_select_item}
select_item(A) ::= expr(E).                             { A = rn_build_select_item(E, NULL); }
select_item(A) ::= expr(E) name(N).                     { A = rn_build_select_item(E, &N); }
select_item(A) ::= expr(E) AS name(N).                  { A = rn_build_select_item(E, &N); }
select_item(A) ::= STAR(T).                             { A = rn_build_select_item(rn_build_star(p, rn_no_path(), T), NULL); }
select_item(A) ::= path(P) DOT STAR(T).                 { A = rn_build_select_item(rn_build_star(p, P, T), NULL); }
%type from {rn_ast_from *}
from(A) ::= .                                           { A = NULL; }
from(A) ::= FROM from_items(F).                         { A = F; }
%type where {rn_clause}
where(A) ::= .                                          { A = (rn_clause){0}; }
where(A) ::= WHERE(T) expr(E).                          { A = rn_build_clause(T, E); }
%type having {rn_clause}
having(A) ::= .                                         { A = (rn_clause){0}; }
having(A) ::= HAVING(T) expr(E).                        { A = rn_build_clause(T, E); }
%type qualify {rn_clause}
qualify(A) ::= .                                        { A = (rn_clause){0}; }
qualify(A) ::= QUALIFY(T) expr(E).                      { A = rn_build_clause(T, E); }
%type group_by {rn_groups}
group_by(A) ::= .                                       { A = (rn_groups){0}; }
group_by(A) ::= GROUP(T) BY distinct(D) group_items(G). { A = rn_groups_begin(G, T, D); }
%type group_items {rn_groups}
group_items(A) ::= group_item(G).                       { A = rn_groups_add(p, (rn_groups){0}, G); }
group_items(A) ::= group_items(B) COMMA group_item(G).  { A = rn_groups_add(p, B, G); }
%type group_item {rn_ast_group_item}
group_item(A) ::= expr(E).                              { A = rn_build_group_expr(p, E); }
group_item(A) ::= LP(L) RP(R).                          { A = rn_build_group_empty(L, R); }
group_item(A) ::= GROUPING(T) SETS LP group_items(G) RP(R). { A = rn_build_group_sets(RN_GROUP_SETS, T, G, R); }
group_item(A) ::= CUBE(T) LP group_items(G) RP(R).      { A = rn_build_group_sets(RN_GROUP_CUBE, T, G, R); }
group_item(A) ::= ROLLUP(T) LP group_items(G) RP(R).    { A = rn_build_group_sets(RN_GROUP_ROLLUP, T, G, R); }
%type windows {rn_windows}
windows(A) ::= .                                        { A = (rn_windows){0}; }
windows(A) ::= WINDOW window_list(W).                   { A = W; }
%type window_list {rn_windows}
window_list(A) ::= window_def(W).                       { A = rn_windows_add(p, (rn_windows){0}, W); }
window_list(A) ::= window_list(B) COMMA window_def(W).  { A = rn_windows_add(p, B, W); }
%type window_def {rn_ast_window *}
window_def(A) ::= name(N) AS window_spec(W).            { A = rn_build_window_name(W, N); }
%type window_spec {rn_ast_window *}
window_spec(A) ::= LP(L) window_ref(N) partition_by(P) window_order(O) frame(F) RP(R).
                                                        { A = rn_build_window(p, L, N, P, O, F, R); }
%type window_ref {rn_ast_name}
window_ref(A) ::= .                                     { A = rn_no_name(); }
window_ref(A) ::= name(N).                              { A = N; }
%type partition_by {rn_exprs}
partition_by(A) ::= .                                   { A = (rn_exprs){0}; }
partition_by(A) ::= PARTITION BY exprs(E).              { A = E; }
%type window_order {rn_sort_items}
window_order(A) ::= .                                   { A = (rn_sort_items){0}; }
window_order(A) ::= order_by(O).                        { A = O; }
%type frame {rn_frame}
frame(A) ::= .                                          { A = (rn_frame){0}; }
frame(A) ::= frame_unit(U) frame_bound(B).              { A = rn_build_frame(U, B, NULL); }
frame(A) ::= frame_unit(U) BETWEEN frame_bound(B) AND frame_bound(C). { A = rn_build_frame(U, B, &C); }
%type frame_unit {rn_token}
frame_unit(A) ::= ROWS(T).                              { A = T; }
frame_unit(A) ::= RANGE(T).                             { A = T; }
%type frame_bound {rn_ast_bound}
frame_bound(A) ::= UNBOUNDED(T) PRECEDING(U).           { A = rn_build_bound(RN_BOUND_UNBOUNDED_PRECEDING, NULL, T, U); }
frame_bound(A) ::= UNBOUNDED(T) FOLLOWING(U).           { A = rn_build_bound(RN_BOUND_UNBOUNDED_FOLLOWING, NULL, T, U); }
frame_bound(A) ::= CURRENT(T) ROW(U).                   { A = rn_build_bound(RN_BOUND_CURRENT_ROW, NULL, T, U); }
frame_bound(A) ::= num(E) PRECEDING(U).                 { A = rn_build_bound(RN_BOUND_PRECEDING, E, U, U); }
frame_bound(A) ::= num(E) FOLLOWING(U).                 { A = rn_build_bound(RN_BOUND_FOLLOWING, E, U, U); }

/* --- FROM --- */
%type from_items {rn_ast_from *}
from_items(A) ::= from_item(F).                         { A = F; }
from_items(A) ::= from_items(L) COMMA from_item(R).     { A = rn_build_join(p, rn_join_comma(), L, R, rn_no_join_on()); }
%type from_item {rn_ast_from *}
from_item(A) ::= from_primary(F).                       { A = F; }
from_item(A) ::= joined(F).                             { A = F; }
%type joined {rn_ast_from *}
joined(A) ::= from_item(L) join_kind(K) JOIN from_primary(R) join_on(O). { A = rn_build_join(p, K, L, R, O); }
%type join_kind {rn_join_kind}
join_kind(A) ::= natural(N).                            { A = rn_build_join_kind(N, RN_JOIN_INNER); }
join_kind(A) ::= natural(N) INNER.                      { A = rn_build_join_kind(N, RN_JOIN_INNER); }
join_kind(A) ::= natural(N) LEFT outer.                 { A = rn_build_join_kind(N, RN_JOIN_LEFT); }
join_kind(A) ::= natural(N) RIGHT outer.                { A = rn_build_join_kind(N, RN_JOIN_RIGHT); }
join_kind(A) ::= natural(N) FULL outer.                 { A = rn_build_join_kind(N, RN_JOIN_FULL); }
join_kind(A) ::= CROSS.                                 { A = rn_build_join_kind(false, RN_JOIN_CROSS); }
%type natural {bool}
natural(A) ::= .                                        { A = false; }
natural(A) ::= NATURAL.                                 { A = true; }
outer ::= .
outer ::= OUTER.
%type join_on {rn_join_on}
join_on(A) ::= .                                        { A = rn_no_join_on(); }
join_on(A) ::= ON expr(E).                              { A = rn_build_join_on(E, rn_no_names()); }
join_on(A) ::= USING LP names(N) RP.                    { A = rn_build_join_on(NULL, N); }

%type from_primary {rn_ast_from *}
from_primary(A) ::= path(P) hints(H) system_time(S) alias(L). { A = rn_build_from_table(p, P, H, S, L); }
from_primary(A) ::= TABLE path(P) hints(H) system_time(S) alias(L). { A = rn_build_from_table(p, P, H, S, L); }
from_primary(A) ::= subquery(Q) alias(L).               { A = rn_build_from_query(p, false, Q, L); }
from_primary(A) ::= LATERAL subquery(Q) alias(L).       { A = rn_build_from_query(p, true, Q, L); }
from_primary(A) ::= table_call(F) alias(L).             { A = rn_build_from_call(p, F, RN_CALL_PLAIN, L); }
from_primary(A) ::= LATERAL table_call(F) alias(L).     { A = rn_build_from_call(p, F, RN_CALL_LATERAL, L); }
from_primary(A) ::= TABLE LP table_call(F) RP alias(L). { A = rn_build_from_call(p, F, RN_CALL_WRAPPED, L); }
from_primary(A) ::= LATERAL TABLE LP table_call(F) RP alias(L). { A = rn_build_from_call(p, F, RN_CALL_LATERAL | RN_CALL_WRAPPED, L); }
from_primary(A) ::= UNNEST(T) LP expr(E) RP(R) ordinality(O) alias(L). { A = rn_build_from_unnest(p, T, E, R, O, L); }
from_primary(A) ::= LATERAL UNNEST(T) LP expr(E) RP(R) ordinality(O) alias(L). { A = rn_build_from_unnest(p, T, E, R, O, L); A->lateral = true; }
from_primary(A) ::= LP joined(F) RP.                    { A = F; }
%type ordinality {bool}
ordinality(A) ::= .                                     { A = false; }
ordinality(A) ::= WITH ORDINALITY.                      { A = true; }
%type system_time {rn_ast_expr *}
system_time(A) ::= .                                    { A = NULL; }
system_time(A) ::= FOR SYSTEM_TIME AS OF num(E).        { A = E; }
%type alias {rn_alias}
alias(A) ::= .                                          { A = rn_no_alias(); }
alias(A) ::= as name(N).                                { A = rn_build_alias(N, rn_no_names()); }
alias(A) ::= as name(N) LP names(C) RP.                 { A = rn_build_alias(N, C); }
as ::= .
as ::= AS.
%type table_call {rn_ast_from *}
table_call(A) ::= path(P) LP RP(R).                     { A = rn_build_table_call(p, P, (rn_table_args){0}, R); }
table_call(A) ::= path(P) LP table_args(T) RP(R).       { A = rn_build_table_call(p, P, T, R); }
%type table_args {rn_table_args}
table_args(A) ::= table_arg(T).                         { A = rn_table_args_add(p, (rn_table_args){0}, T); }
table_args(A) ::= table_args(B) COMMA table_arg(T).     { A = rn_table_args_add(p, B, T); }
%type table_arg {rn_ast_table_arg}
table_arg(A) ::= table_arg_value(V).                    { A = V; }
table_arg(A) ::= name(N) ARROW table_arg_value(V).      { A = rn_build_named_table_arg(N, V); }
%type table_arg_value {rn_ast_table_arg}
table_arg_value(A) ::= expr(E).                         { A = rn_build_table_arg_expr(p, E); }
table_arg_value(A) ::= TABLE(T) path(P) hints(H).       { A = rn_build_table_arg_table(p, T, P, H, rn_no_names()); }
table_arg_value(A) ::= TABLE(T) path(P) hints(H) PARTITION BY name(N). { A = rn_build_table_arg_table(p, T, P, H, rn_names_add(p, rn_no_names(), N)); }
table_arg_value(A) ::= TABLE(T) path(P) hints(H) PARTITION BY LP names(N) RP. { A = rn_build_table_arg_table(p, T, P, H, N); }
table_arg_value(A) ::= expr(E) PARTITION BY name(N).    { A = rn_build_table_arg_query(p, E, rn_names_add(p, rn_no_names(), N)); }
table_arg_value(A) ::= expr(E) PARTITION BY LP names(N) RP. { A = rn_build_table_arg_query(p, E, N); }
table_arg_value(A) ::= DESCRIPTOR(T) LP names(N) RP(R). { A = rn_build_table_arg_descriptor(T, N, R); }

/* --- hints --- */
%type hints {rn_ast_hints}
hints(A) ::= .                                          { A = (rn_ast_hints){0}; }
hints(A) ::= HINT_BEGIN hint_list(H) HINT_END.          { A = H; }
%type hint_list {rn_ast_hints}
hint_list(A) ::= hint(H).                               { A = rn_hints_add(p, (rn_ast_hints){0}, H); }
hint_list(A) ::= hint_list(B) hint_comma hint(H).       { A = rn_hints_add(p, B, H); }
hint_comma ::= .
hint_comma ::= COMMA.
%type hint {rn_ast_hint}
hint(A) ::= name(N).                                    { A = rn_build_hint(N, (rn_option_list){0}, rn_no_names(), N.span); }
hint(A) ::= name(N) LP RP(R).                           { A = rn_build_hint(N, (rn_option_list){0}, rn_no_names(), R.span); }
hint(A) ::= name(N) LP option_items(O) RP(R).           { A = rn_build_hint(N, O, rn_no_names(), R.span); }
hint(A) ::= name(N) LP hint_names(L) RP(R).             { A = rn_build_hint(N, (rn_option_list){0}, L, R.span); }
%type hint_names {rn_ast_names}
hint_names(A) ::= name(N).                              { A = rn_names_add(p, rn_no_names(), N); }
hint_names(A) ::= hint_names(B) COMMA name(N).          { A = rn_names_add(p, B, N); }

/* ======================================================================================================== */
/* expressions                                                                                              */
/* ======================================================================================================== */
%type exprs {rn_exprs}
exprs(A) ::= expr(E).                                   { A = rn_exprs_add(p, (rn_exprs){0}, E); }
exprs(A) ::= exprs(B) COMMA expr(E).                    { A = rn_exprs_add(p, B, E); }

expr(A) ::= pred(E).                                    { A = E; }
expr(A) ::= NOT(T) expr(E).                             { A = rn_build_unary(p, T, E); }
expr(A) ::= expr(L) OR(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) AND(T) expr(R).                     { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) EQ(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) NE(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) LT(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) GT(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) LE(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) GE(T) expr(R).                      { A = rn_build_binary(p, T, L, R); }
expr(A) ::= expr(L) compare(T) quantifier(K) subquery(Q). [EQ] { A = rn_build_quantified(p, L, T, K, Q); }
expr(A) ::= expr(E) IS(T) not(N) is_what(W).            { A = rn_build_is(p, T, N, E, W); }
expr(A) ::= expr(L) IS(T) not(N) DISTINCT FROM expr(R). [IS] { A = rn_build_distinct_from(p, T, N, L, R); }
expr(A) ::= expr(E) IS(T) not(N) JSON(J) json_kind(K).  { A = rn_build_is_json(p, T, N, E, J, K); }
%type is_what {rn_token}
is_what(A) ::= NULL(T).                                 { A = T; }
is_what(A) ::= TRUE(T).                                 { A = T; }
is_what(A) ::= FALSE(T).                                { A = T; }
is_what(A) ::= UNKNOWN(T).                              { A = T; }
%type json_kind {rn_token}
json_kind(A) ::= .                                      { A = rn_no_token(); }
json_kind(A) ::= VALUE(T).                              { A = T; }
json_kind(A) ::= SCALAR(T).                             { A = T; }
json_kind(A) ::= ARRAY(T).                              { A = T; }
json_kind(A) ::= OBJECT(T).                             { A = T; }
%type compare {rn_token}
compare(A) ::= EQ(T).                                   { A = T; }
compare(A) ::= NE(T).                                   { A = T; }
compare(A) ::= LT(T).                                   { A = T; }
compare(A) ::= GT(T).                                   { A = T; }
compare(A) ::= LE(T).                                   { A = T; }
compare(A) ::= GE(T).                                   { A = T; }
%type quantifier {rn_token}
quantifier(A) ::= ALL(T).                               { A = T; }
quantifier(A) ::= ANY(T).                               { A = T; }
quantifier(A) ::= SOME(T).                              { A = T; }
%type not {bool}
not(A) ::= .                                            { A = false; }
not(A) ::= NOT.                                         { A = true; }

%type pred {rn_ast_expr *}
pred(A) ::= num(E).                                     { A = E; }
pred(A) ::= pred(E) not(N) BETWEEN(T) symmetric(S) num(L) AND num(H). { A = rn_build_between(p, T, N, S, E, L, H); }
pred(A) ::= pred(E) not(N) IN(T) LP exprs(L) RP(R).     { A = rn_build_in(p, T, N, E, L, R); }
pred(A) ::= pred(E) not(N) IN(T) subquery(Q).           { A = rn_build_in_query(p, T, N, E, Q); }
pred(A) ::= pred(E) not(N) LIKE(T) num(F).              { A = rn_build_like_expr(p, T, N, E, F, NULL); }
pred(A) ::= pred(E) not(N) LIKE(T) num(F) ESCAPE num(X). { A = rn_build_like_expr(p, T, N, E, F, X); }
pred(A) ::= pred(E) not(N) SIMILAR(T) TO num(F).        { A = rn_build_like_expr(p, T, N, E, F, NULL); }
pred(A) ::= pred(E) not(N) SIMILAR(T) TO num(F) ESCAPE num(X). { A = rn_build_like_expr(p, T, N, E, F, X); }
pred(A) ::= pred(L) OVERLAPS(T) num(R).                 { A = rn_build_overlaps(p, T, L, R); }
%type symmetric {bool}
symmetric(A) ::= .                                      { A = false; }
symmetric(A) ::= ASYMMETRIC.                            { A = false; }
symmetric(A) ::= SYMMETRIC.                             { A = true; }

%type num {rn_ast_expr *}
num(A) ::= path(P).                                     { A = rn_build_column_ref(p, P); }
num(A) ::= primary(E).                                  { A = E; }
num(A) ::= PLUS(T) num(E). [UNARY]                      { A = rn_build_unary(p, T, E); }
num(A) ::= MINUS(T) num(E). [UNARY]                     { A = rn_build_unary(p, T, E); }
num(A) ::= num(L) PLUS(T) num(R).                       { A = rn_build_binary(p, T, L, R); }
num(A) ::= num(L) MINUS(T) num(R).                      { A = rn_build_binary(p, T, L, R); }
num(A) ::= num(L) STAR(T) num(R).                       { A = rn_build_binary(p, T, L, R); }
num(A) ::= num(L) SLASH(T) num(R).                      { A = rn_build_binary(p, T, L, R); }
num(A) ::= num(L) PERCENT(T) num(R).                    { A = rn_build_binary(p, T, L, R); }
num(A) ::= num(L) CONCAT(T) num(R).                     { A = rn_build_binary(p, T, L, R); }

/* --- primary --- */
%type primary {rn_ast_expr *}
primary(A) ::= NUMBER(T).                               { A = rn_build_literal(p, RN_AST_NUMBER, T); }
primary(A) ::= STRING(T).                               { A = rn_build_literal(p, RN_AST_STRING, T); }
primary(A) ::= BYTES_LITERAL(T).                        { A = rn_build_literal(p, RN_AST_BINARY, T); }
primary(A) ::= TRUE(T).                                 { A = rn_build_boolean(p, T, true); }
primary(A) ::= FALSE(T).                                { A = rn_build_boolean(p, T, false); }
primary(A) ::= UNKNOWN(T).                              { A = rn_build_null(p, T, true); }
primary(A) ::= NULL(T).                                 { A = rn_build_null(p, T, false); }
primary(A) ::= DATE(K) STRING(T).                       { A = rn_build_temporal(p, K, T); }
primary(A) ::= TIME(K) STRING(T).                       { A = rn_build_temporal(p, K, T); }
primary(A) ::= TIMESTAMP(K) STRING(T).                  { A = rn_build_temporal(p, K, T); }
primary(A) ::= INTERVAL(K) sign(S) STRING(T) qualifier(Q). { A = rn_build_interval(p, K, S, T, Q); }
primary(A) ::= INTERVAL(K) sign(S) interval_value(E) unit_precision(Q). { A = rn_build_interval_expr(p, K, S, E, Q); }
%type interval_value {rn_ast_expr *}
interval_value(A) ::= NUMBER(T).                        { A = rn_build_literal(p, RN_AST_NUMBER, T); }
interval_value(A) ::= path(P).                          { A = rn_build_column_ref(p, P); }
interval_value(A) ::= LP expr(E) RP.                    { A = E; }
%type sign {bool}
sign(A) ::= .                                           { A = false; }
sign(A) ::= PLUS.                                       { A = false; }
sign(A) ::= MINUS.                                      { A = true; }

primary(A) ::= subquery(Q). [LOWEST]                    { A = rn_build_subquery(p, Q); }
primary(A) ::= EXISTS(T) subquery(Q).                   { A = rn_build_exists(p, T, Q); }
primary(A) ::= LP(L) expr(E) RP(R).                     { A = rn_build_parens(p, L, E, R); }
primary(A) ::= LP(L) expr(E) RP(R) plain_qualifier(Q).  { A = rn_build_time_diff(p, L, E, R, Q); }
primary(A) ::= LP(L) expr(E) COMMA exprs(F) RP(R).      { A = rn_build_row(p, L, rn_exprs_prepend(p, E, F), R, false); }
primary(A) ::= ROW(L) LP exprs(E) RP(R).                { A = rn_build_row(p, L, E, R, true); }
primary(A) ::= ARRAY(L) LBRACKET exprs_or_none(E) RBRACKET(R). { A = rn_build_collection(p, RN_AST_ARRAY, L, E, R); }
primary(A) ::= MAP(L) LBRACKET exprs_or_none(E) RBRACKET(R). { A = rn_build_collection(p, RN_AST_MAP, L, E, R); }
primary(A) ::= primary(E) LBRACKET expr(I) RBRACKET(R). { A = rn_build_subscript(p, E, I, R); }
primary(A) ::= path(P) LBRACKET expr(I) RBRACKET(R).    { A = rn_build_subscript(p, rn_build_column_ref(p, P), I, R); }
primary(A) ::= primary(E) DOT name(N).                  { A = rn_build_field(p, E, N); }
%type exprs_or_none {rn_exprs}
exprs_or_none(A) ::= .                                  { A = (rn_exprs){0}; }
exprs_or_none(A) ::= exprs(E).                          { A = E; }

primary(A) ::= CASE(T) case_whens(W) case_else(E) END(R). { A = rn_build_case(p, T, NULL, W, E, R); }
primary(A) ::= CASE(T) expr(O) case_whens(W) case_else(E) END(R). { A = rn_build_case(p, T, O, W, E, R); }
%type case_whens {rn_exprs}
case_whens(A) ::= WHEN exprs(C) THEN expr(V).           { A = rn_case_add(p, (rn_exprs){0}, C, V); }
case_whens(A) ::= case_whens(B) WHEN exprs(C) THEN expr(V). { A = rn_case_add(p, B, C, V); }
%type case_else {rn_ast_expr *}
case_else(A) ::= .                                      { A = NULL; }
case_else(A) ::= ELSE expr(E).                          { A = E; }
primary(A) ::= CAST(T) LP expr(E) AS type(Y) RP(R).     { A = rn_build_cast(p, T, E, Y, R); }
primary(A) ::= TRY_CAST(T) LP expr(E) AS type(Y) RP(R). { A = rn_build_cast(p, T, E, Y, R); }

/* --- calls --- */
primary(A) ::= call(C) filter(F) nulls_mode(N) over(W). { A = rn_build_call_tail(p, C, F, N, W); }
primary(A) ::= call(C) within_group(G) filter(F) nulls_mode(N) over(W). { A = rn_build_call_tail(p, rn_build_call_within(p, C, G), F, N, W); }
%type within_group {rn_sort_items}
within_group(A) ::= WITHIN(T) GROUP LP order_by(O) RP(R). { A = rn_sort_begin(O, T); A.span = rn_span_join(A.span, R.span); }
%type call {rn_ast_expr *}
call(A) ::= path(P) LP call_args(B) RP(R).              { A = rn_build_call(p, P, B, R); }
call(A) ::= function_word(T) LP call_args(B) RP(R).     { A = rn_build_call(p, rn_build_word_path(p, T), B, R); }
primary(A) ::= NILADIC(T).                              { A = rn_build_niladic(p, T); }
primary(A) ::= NILADIC(T) LP call_args(B) RP(R).        { A = rn_build_call(p, rn_build_word_path(p, T), B, R); }
%type function_word {rn_token}
function_word(A) ::= FUNC(T).                           { A = T; }
function_word(A) ::= HASH(T).                           { A = T; }
function_word(A) ::= TRUNCATE(T).                       { A = T; }
function_word(A) ::= LEFT(T).                           { A = T; }
function_word(A) ::= RIGHT(T).                          { A = T; }
function_word(A) ::= YEAR(T).                           { A = T; }
function_word(A) ::= MONTH(T).                          { A = T; }
function_word(A) ::= DAY(T).                            { A = T; }
function_word(A) ::= HOUR(T).                           { A = T; }
function_word(A) ::= MINUTE(T).                         { A = T; }
function_word(A) ::= SECOND(T).                         { A = T; }
function_word(A) ::= GROUPING(T).                       { A = T; }
%type call_args {rn_args}
call_args(A) ::= .                                      { A = (rn_args){0}; }
call_args(A) ::= STAR.                                  { A = rn_args_star(); }
call_args(A) ::= arg_list(B).                           { A = B; }
call_args(A) ::= ALL arg_list(B).                       { A = B; }
call_args(A) ::= DISTINCT arg_list(B).                  { A = rn_args_distinct(B); }
/* ARRAY_AGG(DISTINCT x IGNORE NULLS ORDER BY y) */
call_args(A) ::= ordered_args(B).                       { A = B; }
call_args(A) ::= ALL ordered_args(B).                   { A = B; }
call_args(A) ::= DISTINCT ordered_args(B).              { A = rn_args_distinct(B); }
%type ordered_args {rn_args}
ordered_args(A) ::= arg_list(B) order_by(O).            { A = rn_args_order(B, 0, O); }
ordered_args(A) ::= arg_list(B) RESPECT NULLS.          { A = rn_args_order(B, 1, (rn_sort_items){0}); }
ordered_args(A) ::= arg_list(B) IGNORE NULLS.           { A = rn_args_order(B, 2, (rn_sort_items){0}); }
ordered_args(A) ::= arg_list(B) RESPECT NULLS order_by(O). { A = rn_args_order(B, 1, O); }
ordered_args(A) ::= arg_list(B) IGNORE NULLS order_by(O). { A = rn_args_order(B, 2, O); }
%type arg_list {rn_args}
arg_list(A) ::= expr(E).                                { A = rn_args_add(p, (rn_args){0}, NULL, E); }
arg_list(A) ::= name(N) ARROW expr(E).                  { A = rn_args_add(p, (rn_args){0}, &N, E); }
arg_list(A) ::= arg_list(B) COMMA expr(E).              { A = rn_args_add(p, B, NULL, E); }
arg_list(A) ::= arg_list(B) COMMA name(N) ARROW expr(E). { A = rn_args_add(p, B, &N, E); }
%type filter {rn_ast_expr *}
filter(A) ::= .                                         { A = NULL; }
filter(A) ::= FILTER LP WHERE expr(E) RP.               { A = E; }
%type nulls_mode {int8_t}
nulls_mode(A) ::= . [LOWEST]                            { A = 0; }
nulls_mode(A) ::= RESPECT NULLS.                        { A = 1; }
nulls_mode(A) ::= IGNORE NULLS.                         { A = 2; }
%type over {rn_ast_window *}
over(A) ::= .                                           { A = NULL; }
over(A) ::= OVER name(N).                               { A = rn_build_window_reference(p, N); }
over(A) ::= OVER window_spec(W).                        { A = W; }

/* --- functions with a syntax of their own; the AST has plain calls with canonical arguments --- */
primary(A) ::= EXTRACT(T) LP unit_name(U) FROM expr(E) RP(R). { A = rn_build_extract(p, T, U, E, R); }
primary(A) ::= SUBSTRING(T) LP arg_list(B) RP(R).       { A = rn_build_call(p, rn_build_word_path(p, T), B, R); }
primary(A) ::= SUBSTRING(T) LP expr(E) FROM expr(F) RP(R). { A = rn_build_call3(p, T, E, F, NULL, NULL, R); }
primary(A) ::= SUBSTRING(T) LP expr(E) FROM expr(F) FOR expr(G) RP(R). { A = rn_build_call3(p, T, E, F, G, NULL, R); }
primary(A) ::= OVERLAY(T) LP arg_list(B) RP(R).         { A = rn_build_call(p, rn_build_word_path(p, T), B, R); }
primary(A) ::= OVERLAY(T) LP expr(E) PLACING expr(F) FROM expr(G) RP(R). { A = rn_build_call3(p, T, E, F, G, NULL, R); }
primary(A) ::= OVERLAY(T) LP expr(E) PLACING expr(F) FROM expr(G) FOR expr(H) RP(R). { A = rn_build_call3(p, T, E, F, G, H, R); }
primary(A) ::= POSITION(T) LP num(E) IN num(F) RP(R).   { A = rn_build_call3(p, T, E, F, NULL, NULL, R); }
primary(A) ::= POSITION(T) LP num(E) IN num(F) FROM num(G) RP(R). { A = rn_build_call3(p, T, E, F, G, NULL, R); }
primary(A) ::= TRIM(T) LP expr(E) RP(R).                { A = rn_build_call3(p, T, E, NULL, NULL, NULL, R); }
primary(A) ::= TRIM(T) LP expr(C) FROM expr(E) RP(R).   { A = rn_build_trim(p, T, NULL, C, E, R); }
primary(A) ::= TRIM(T) LP trim_side(S) FROM expr(E) RP(R). { A = rn_build_trim(p, T, &S, NULL, E, R); }
primary(A) ::= TRIM(T) LP trim_side(S) expr(C) FROM expr(E) RP(R). { A = rn_build_trim(p, T, &S, C, E, R); }
%type trim_side {rn_token}
trim_side(A) ::= BOTH(T).                               { A = T; }
trim_side(A) ::= LEADING(T).                            { A = T; }
trim_side(A) ::= TRAILING(T).                           { A = T; }
primary(A) ::= FLOOR(T) LP expr(E) RP(R).               { A = rn_build_call3(p, T, E, NULL, NULL, NULL, R); }
primary(A) ::= FLOOR(T) LP expr(E) TO unit_name(U) RP(R). { A = rn_build_round_to(p, T, E, U, R); }
primary(A) ::= CEIL(T) LP expr(E) RP(R).                { A = rn_build_call3(p, T, E, NULL, NULL, NULL, R); }
primary(A) ::= CEIL(T) LP expr(E) TO unit_name(U) RP(R). { A = rn_build_round_to(p, T, E, U, R); }
primary(A) ::= timestamp_word(T) LP unit_name(U) COMMA expr(E) COMMA expr(F) RP(R). { A = rn_build_timestamp_call(p, T, U, E, F, R); }
%type timestamp_word {rn_token}
timestamp_word(A) ::= TIMESTAMPADD(T).                  { A = T; }
timestamp_word(A) ::= TIMESTAMPDIFF(T).                 { A = T; }

/* --- JSON: functions with clauses (DIALECT 8.7) --- */
primary(A) ::= JSON_VALUE(T) LP json_input(I) json_returning(Y) json_behaviours(B) RP(R).
                                                        { A = rn_build_json_value(p, T, I, Y, B, R); }
primary(A) ::= JSON_QUERY(T) LP json_input(I) json_returning(Y) json_wrapper(W) json_behaviours(B) RP(R).
                                                        { A = rn_build_json_query(p, T, I, Y, W, B, R); }
primary(A) ::= JSON_EXISTS(T) LP json_input(I) json_behaviours(B) RP(R).
                                                        { A = rn_build_json_exists(p, T, I, B, R); }
%type json_input {rn_json_input}
json_input(A) ::= expr(J) COMMA expr(P).                { A = rn_build_json_input(J, P); }
json_input(A) ::= expr(J) COMMA expr(P) PASSING(T) json_passing(L). { A = rn_build_json_passing(J, P, T, L); }
%type json_passing {rn_select_items}
json_passing(A) ::= expr(E) AS name(N).                 { A = rn_select_add(p, (rn_select_items){0}, rn_build_select_item(E, &N)); }
json_passing(A) ::= json_passing(B) COMMA expr(E) AS name(N). { A = rn_select_add(p, B, rn_build_select_item(E, &N)); }
primary(A) ::= JSON_OBJECT(T) LP RP(R).                 { A = rn_build_json_object(p, T, (rn_exprs){0}, rn_no_json_nulls(), R); }
primary(A) ::= JSON_OBJECT(T) LP json_nulls(N) RP(R).   { A = rn_build_json_object(p, T, (rn_exprs){0}, N, R); }
primary(A) ::= JSON_OBJECT(T) LP json_pairs(E) json_nulls_or_none(N) RP(R). { A = rn_build_json_object(p, T, E, N, R); }
primary(A) ::= JSON_ARRAY(T) LP RP(R).                  { A = rn_build_json_array(p, T, (rn_exprs){0}, rn_no_json_nulls(), R); }
primary(A) ::= JSON_ARRAY(T) LP exprs(E) json_nulls_or_none(N) RP(R). { A = rn_build_json_array(p, T, E, N, R); }
call(A) ::= JSON_OBJECTAGG(T) LP json_object_pair(E) json_nulls_or_none(N) RP(R). { A = rn_build_json_aggregate(p, T, E, N, R); }
call(A) ::= JSON_ARRAYAGG(T) LP expr(E) json_nulls_or_none(N) RP(R).
                                                        { A = rn_build_json_aggregate(p, T, rn_exprs_add(p, (rn_exprs){0}, E), N, R); }
%type json_pairs {rn_exprs}
json_pairs(A) ::= json_object_pair(E).                  { A = E; }
json_pairs(A) ::= json_pairs(B) COMMA json_object_pair(E). { A = rn_exprs_join(p, B, E); }
%type json_object_pair {rn_exprs}
json_object_pair(A) ::= json_pair(E).                   { A = E; }
json_object_pair(A) ::= num(K) COLON expr(V).           { A = rn_exprs_pair(p, K, V); }
%type json_pair {rn_exprs}
json_pair(A) ::= num(K) VALUE expr(V).                  { A = rn_exprs_pair(p, K, V); }
json_pair(A) ::= KEY num(K) VALUE expr(V).              { A = rn_exprs_pair(p, K, V); }
json_pair(A) ::= KEY(T) VALUE expr(V).                  { A = rn_exprs_pair(p, rn_build_column_ref(p, rn_path_add(p, rn_no_path(), rn_build_name(T))), V); }
%type json_nulls {rn_json_nulls}
json_nulls(A) ::= NULL(T) ON NULL(U).                   { A = rn_build_json_nulls(T, U, false); }
json_nulls(A) ::= ABSENT(T) ON NULL(U).                 { A = rn_build_json_nulls(T, U, true); }
%type json_nulls_or_none {rn_json_nulls}
json_nulls_or_none(A) ::= .                             { A = rn_no_json_nulls(); }
json_nulls_or_none(A) ::= json_nulls(N).                { A = N; }
%type json_returning {rn_ast_type *}
json_returning(A) ::= .                                 { A = NULL; }
json_returning(A) ::= RETURNING json_type(Y).           { A = Y; }
/* A type, but for WITH TIME ZONE, which would hide WITH WRAPPER. */
%type json_type {rn_ast_type *}
json_type(A) ::= type_word(T) type_size(S).             { A = rn_build_type(p, T, S); }
json_type(A) ::= time_word(T) type_size(S).             { A = rn_build_type(p, T, S); }
json_type(A) ::= DOUBLE(T).                             { A = rn_build_type(p, T, rn_no_size()); }
json_type(A) ::= ARRAY(T) LT type(E) GT(R).             { A = rn_build_type_of(p, T, E, NULL, R); }
json_type(A) ::= MAP(T) LT type(K) COMMA type(V) GT(R). { A = rn_build_type_of(p, T, K, V, R); }
json_type(A) ::= ROW(T) LT type_fields(F) GT(R).        { A = rn_build_type_row(p, T, F, R); }
%type json_wrapper {rn_json_wrapper_clause}
json_wrapper(A) ::= .                                   { A = rn_no_json_wrapper(); }
json_wrapper(A) ::= WITHOUT(T) json_array_word WRAPPER(U). { A = rn_build_json_wrapper(RN_JSON_WITHOUT_WRAPPER, T, U); }
json_wrapper(A) ::= WITH(T) json_array_word WRAPPER(U). { A = rn_build_json_wrapper(RN_JSON_WRAPPER, T, U); }
json_wrapper(A) ::= WITH(T) UNCONDITIONAL json_array_word WRAPPER(U). { A = rn_build_json_wrapper(RN_JSON_WRAPPER, T, U); }
json_wrapper(A) ::= WITH(T) CONDITIONAL json_array_word WRAPPER(U). { A = rn_build_json_wrapper(RN_JSON_CONDITIONAL_WRAPPER, T, U); }
json_array_word ::= .
json_array_word ::= ARRAY.
%type json_behaviours {rn_json_behaviours}
json_behaviours(A) ::= .                                { A = (rn_json_behaviours){0}; }
json_behaviours(A) ::= json_behaviours(B) json_behaviour(C) ON EMPTY(T). { A = rn_json_on_empty(p, B, C, T); }
json_behaviours(A) ::= json_behaviours(B) json_behaviour(C) ON ERROR(T). { A = rn_json_on_error(p, B, C, T); }
%type json_behaviour {rn_ast_json_behaviour}
json_behaviour(A) ::= NULL(T).                          { A = rn_build_json_behaviour(RN_JSON_NULL, T, T, NULL); }
json_behaviour(A) ::= ERROR(T).                         { A = rn_build_json_behaviour(RN_JSON_ERROR, T, T, NULL); }
json_behaviour(A) ::= DEFAULT(T) expr(E).               { A = rn_build_json_behaviour(RN_JSON_DEFAULT, T, T, E); }
json_behaviour(A) ::= EMPTY(T) ARRAY(U).                { A = rn_build_json_behaviour(RN_JSON_EMPTY_ARRAY, T, U, NULL); }
json_behaviour(A) ::= EMPTY(T) OBJECT(U).               { A = rn_build_json_behaviour(RN_JSON_EMPTY_OBJECT, T, U, NULL); }
json_behaviour(A) ::= TRUE(T).                          { A = rn_build_json_behaviour(RN_JSON_TRUE, T, T, NULL); }
json_behaviour(A) ::= FALSE(T).                         { A = rn_build_json_behaviour(RN_JSON_FALSE, T, T, NULL); }
json_behaviour(A) ::= UNKNOWN(T).                       { A = rn_build_json_behaviour(RN_JSON_UNKNOWN, T, T, NULL); }

/* --- time units --- */
%type unit {rn_token}
unit(A) ::= plain_unit(T).                              { A = T; }
unit(A) ::= QUARTER(T).                                 { A = T; }
unit(A) ::= WEEK(T).                                    { A = T; }
unit(A) ::= YEARS(T).                                   { A = T; }
unit(A) ::= QUARTERS(T).                                { A = T; }
unit(A) ::= MONTHS(T).                                  { A = T; }
unit(A) ::= WEEKS(T).                                   { A = T; }
unit(A) ::= DAYS(T).                                    { A = T; }
unit(A) ::= HOURS(T).                                   { A = T; }
unit(A) ::= MINUTES(T).                                 { A = T; }
unit(A) ::= SECONDS(T).                                 { A = T; }
%type plain_unit {rn_token}
plain_unit(A) ::= YEAR(T).                              { A = T; }
plain_unit(A) ::= MONTH(T).                             { A = T; }
plain_unit(A) ::= DAY(T).                               { A = T; }
plain_unit(A) ::= HOUR(T).                              { A = T; }
plain_unit(A) ::= MINUTE(T).                            { A = T; }
plain_unit(A) ::= SECOND(T).                            { A = T; }
%type unit_name {rn_token}
unit_name(A) ::= unit(T).                               { A = T; }
unit_name(A) ::= ID(T).                                 { A = T; }
%type qualifier {rn_qualifier}
qualifier(A) ::= unit_precision(F). [LOWEST]            { A = F; }
qualifier(A) ::= unit_precision(F) TO unit_precision(G). { A = rn_build_qualifier_to(p, F, G); }
%type unit_precision {rn_qualifier}
unit_precision(A) ::= unit(U).                          { A = rn_build_qualifier(p, U, NULL, NULL); }
unit_precision(A) ::= unit(U) LP NUMBER(N) RP.          { A = rn_build_qualifier(p, U, &N, NULL); }
unit_precision(A) ::= unit(U) LP NUMBER(N) COMMA NUMBER(M) RP. { A = rn_build_qualifier(p, U, &N, &M); }
%type plain_qualifier {rn_qualifier}
plain_qualifier(A) ::= plain_precision(F). [LOWEST]     { A = F; }
plain_qualifier(A) ::= plain_precision(F) TO plain_precision(G). { A = rn_build_qualifier_to(p, F, G); }
%type plain_precision {rn_qualifier}
plain_precision(A) ::= plain_unit(U).                   { A = rn_build_qualifier(p, U, NULL, NULL); }
plain_precision(A) ::= plain_unit(U) LP NUMBER(N) RP.   { A = rn_build_qualifier(p, U, &N, NULL); }
plain_precision(A) ::= plain_unit(U) LP NUMBER(N) COMMA NUMBER(M) RP. { A = rn_build_qualifier(p, U, &N, &M); }

/* ======================================================================================================== */
/* types                                                                                                    */
/* ======================================================================================================== */
%type type {rn_ast_type *}
type(A) ::= type_core(T).                               { A = T; }
type(A) ::= type_core(T) NULL(N).                       { A = rn_build_nullability(T, 1, N); }
type(A) ::= type_core(T) NOT NULL(N).                   { A = rn_build_nullability(T, -1, N); }
%type type_core {rn_ast_type *}
type_core(A) ::= type_base(T).                          { A = T; }
type_core(A) ::= type_core(T) ARRAY(W).                 { A = rn_build_type_postfix(p, W, T); }
type_core(A) ::= type_core(T) MULTISET(W).              { A = rn_build_type_postfix(p, W, T); }
%type type_base {rn_ast_type *}
type_base(A) ::= type_word(T) type_size(S).             { A = rn_build_type(p, T, S); }
type_base(A) ::= path(P).                               { A = rn_build_type_path(p, P); }
type_base(A) ::= path(P) LP NUMBER RP(R).               { A = rn_build_type_path_sized(p, P, R); }
type_base(A) ::= char_word(T) VARYING(V) type_size(S).  { A = rn_build_type_varying(p, T, V, S); }
type_base(A) ::= DOUBLE(T).                             { A = rn_build_type(p, T, rn_no_size()); }
type_base(A) ::= DOUBLE(T) PRECISION.                   { A = rn_build_type(p, T, rn_no_size()); }
type_base(A) ::= time_word(T) type_size(S) zone(Z).     { A = rn_build_type_time(p, T, S, Z); }
type_base(A) ::= INTERVAL(T) qualifier(Q).              { A = rn_build_type_interval(p, T, Q); }
type_base(A) ::= ARRAY(T) LT type(E) GT(R).             { A = rn_build_type_of(p, T, E, NULL, R); }
type_base(A) ::= MULTISET(T) LT type(E) GT(R).          { A = rn_build_type_of(p, T, E, NULL, R); }
type_base(A) ::= MAP(T) LT type(K) COMMA type(V) GT(R). { A = rn_build_type_of(p, T, K, V, R); }
type_base(A) ::= ROW(T) LT type_fields(F) GT(R).        { A = rn_build_type_row(p, T, F, R); }
type_base(A) ::= ROW(T) LP type_fields(F) RP(R).        { A = rn_build_type_row(p, T, F, R); }
type_base(A) ::= STRUCTURED(T) LT STRING(C) GT(R).      { A = rn_build_type_structured(p, T, C, (rn_type_fields){0}, R); }
type_base(A) ::= STRUCTURED(T) LT STRING(C) COMMA type_fields(F) GT(R). { A = rn_build_type_structured(p, T, C, F, R); }
type_base(A) ::= RAW(T) LP STRING COMMA STRING RP(R).   { A = rn_build_type_sized_end(rn_build_type(p, T, rn_no_size()), R); }
%type type_word {rn_token}
type_word(A) ::= TYPE(T).                               { A = T; }
type_word(A) ::= char_word(T).                          { A = T; }
type_word(A) ::= VARCHAR(T).                            { A = T; }
type_word(A) ::= VARBINARY(T).                          { A = T; }
type_word(A) ::= DATE(T).                               { A = T; }
type_word(A) ::= TIMESTAMP_LTZ(T).                      { A = T; }
%type char_word {rn_token}
char_word(A) ::= CHAR(T).                               { A = T; }
char_word(A) ::= BINARY(T).                             { A = T; }
%type time_word {rn_token}
time_word(A) ::= TIME(T).                               { A = T; }
time_word(A) ::= TIMESTAMP(T).                          { A = T; }
%type type_size {rn_type_size}
type_size(A) ::= .                                      { A = rn_no_size(); }
type_size(A) ::= LP NUMBER(N) RP(R).                    { A = rn_build_size(p, N, NULL, R); }
type_size(A) ::= LP NUMBER(N) COMMA NUMBER(M) RP(R).    { A = rn_build_size(p, N, &M, R); }
%type zone {rn_zone_clause}
zone(A) ::= .                                           { A = rn_no_zone(); }
zone(A) ::= WITHOUT TIME ZONE(T).                       { A = rn_build_zone(RN_ZONE_WITHOUT, T); }
zone(A) ::= WITH LOCAL TIME ZONE(T).                    { A = rn_build_zone(RN_ZONE_LOCAL, T); }
zone(A) ::= WITH TIME ZONE(T).                          { A = rn_build_zone(RN_ZONE_WITH, T); }
%type type_fields {rn_type_fields}
type_fields(A) ::= type_field(F).                       { A = rn_type_fields_add(p, (rn_type_fields){0}, F); }
type_fields(A) ::= type_fields(B) COMMA type_field(F).  { A = rn_type_fields_add(p, B, F); }
%type type_field {rn_ast_type_field}
type_field(A) ::= name(N) type(T).                      { A = rn_build_type_field(N, T); }
type_field(A) ::= name(N) type(T) STRING.               { A = rn_build_type_field(N, T); }

/* ======================================================================================================== */
/* names                                                                                                    */
/* ======================================================================================================== */
%type name {rn_ast_name}
name(A) ::= ID(T).                                      { A = rn_build_name(T); }
%type names {rn_ast_names}
names(A) ::= name(N).                                   { A = rn_names_add(p, rn_no_names(), N); }
names(A) ::= names(B) COMMA name(N).                    { A = rn_names_add(p, B, N); }
%type path {rn_ast_path}
path(A) ::= name(N).                                    { A = rn_path_add(p, rn_no_path(), N); }
path(A) ::= path(B) DOT name(N).                        { A = rn_path_add(p, B, N); }

/* The automaton without actions, for expected words and completion (parser/expected.c): one step on a stack of
 * states. Returns 1 shifted, 2 accepted, 0 refused, -1 stack full. `soft`: a soft keyword may stand for a name. */
%code {
int rn_grammar_step(uint16_t *stack, size_t *depth, size_t max, int token, bool soft) {
  for (;;) {
    unsigned state = stack[*depth - 1], action;
    if (state > YY_MAX_SHIFT) {
      action = state;
    } else {
      int look = token;
      for (;;) {
        int at = (int)yy_shift_ofst[state] + look;
        if (yy_lookahead[at] == look) {
          action = yy_action[at];
          break;
        }
        if (!soft || look >= (int)(sizeof yyFallback / sizeof yyFallback[0]) || !yyFallback[look]) {
          action = yy_default[state];
          break;
        }
        look = yyFallback[look];
      }
    }
    if (action == YY_ACCEPT_ACTION) return 2;
    if (action < YY_MIN_REDUCE) {
      if (action > YY_MAX_SHIFTREDUCE) return 0;
      if (*depth >= max) return -1;
      if (action > YY_MAX_SHIFT) action += YY_MIN_REDUCE - YY_MIN_SHIFTREDUCE;
      stack[(*depth)++] = (uint16_t)action;
      return 1;
    }
    unsigned rule = action - YY_MIN_REDUCE;
    *depth = (size_t)((ptrdiff_t)*depth + yyRuleInfoNRhs[rule]);
    if (*depth >= max) return -1;
    action = yy_find_reduce_action(stack[*depth - 1], yyRuleInfoLhs[rule]);
    if (action == YY_ACCEPT_ACTION) return 2;
    if (action > YY_MAX_SHIFT && action <= YY_MAX_SHIFTREDUCE) action += YY_MIN_REDUCE - YY_MIN_SHIFTREDUCE;
    stack[(*depth)++] = (uint16_t)action;
  }
}
bool rn_grammar_is_soft(int token) {
  return token > 0 && token < (int)(sizeof yyFallback / sizeof yyFallback[0]) && yyFallback[token] != 0;
}
int rn_grammar_token_count(void) { return YYNTOKEN; }
size_t rn_grammar_parser_bytes(void) { return sizeof(yyParser); }
}
