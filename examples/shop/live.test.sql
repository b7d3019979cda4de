-- Tests of live.sql.

--@test the open hour shows
--@file live.sql
--@given sales
| country | price | ts                  |
| NO      | 5.00  | 2026-01-01 10:00:00 |
| NO      | 2.50  | 2026-01-01 10:20:00 |
--@expect revenue
| window_start        | country | revenue | sales |
| 2026-01-01 10:00:00 | NO      | 7.50    | 2     |
--@given sales
| country | price | ts                  |
| SE      | 1.00  | 2026-01-01 11:30:00 |
| NO      | 9.00  | 2026-01-01 10:59:00 |
--@expect revenue
| window_start        | country | revenue | sales |
| 2026-01-01 10:00:00 | NO      | 7.50    | 2     |
| 2026-01-01 11:00:00 | SE      | 1.00    | 1     |
