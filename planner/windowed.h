/* Windowed relations: which columns of a node come unchanged from a window, so that rows of one window can be taken
 * together and forgotten when it ends (window Top-N, window join, aggregates of what those give). */
#ifndef RN_PLANNER_WINDOWED_H
#define RN_PLANNER_WINDOWED_H
#include "planner/logical.h"

typedef enum rn_window_part { /* the last two are times of the row itself, within its window */
  RN_WINDOWED_START, RN_WINDOWED_END, RN_WINDOWED_TIME, RN_WINDOWED_ROWTIME
} rn_window_part;

typedef struct rn_windowed_column {
  rn_window_part part;
  const rn_window_spec *spec;
} rn_windowed_column;

/* Is the column one of them? Through projections, filters, aggregates by window, UNION ALL, Top-N
 * and joins of windowed relations. */
bool rn_windowed(const rn_logical *node, uint32_t column, rn_windowed_column *out);

/* Is the column window_time, and the aggregate by these columns one that leaves when the window closes
 * (rewrite_window_close.c)? Asked while binding, when a Top-N is still a filter on ROW_NUMBER(). */
bool rn_windowed_time(const rn_logical *node, const uint32_t *columns, uint32_t count, uint32_t column);

/* Do these columns hold a window's start and end, so that a Top-N by them leaves when it closes, and is the column
 * another time than window_time, which the watermark has passed by then? Asked while binding. */
bool rn_windowed_behind(const rn_logical *node, const uint32_t *columns, uint32_t count, uint32_t column);

bool rn_same_windows(const rn_window_spec *a, const rn_window_spec *b);

/* Is a row in several of these windows, by its own time? */
bool rn_in_many_windows(const rn_window_spec *spec);

/* A join whose condition says that the windows of both sides are one: their window_time stays a time attribute. */
void rn_windowed_mark_join(rn_arena *arena, rn_logical *join);

#endif
