-- Tests of leaders.sql.

--@test the best two; a message that comes again is not counted again
--@file leaders.sql
--@given sold
| id | sku | units | ts                  |
| a  | A1  | 3     | 2026-01-01 10:00:00 |
| b  | B2  | 4     | 2026-01-01 10:01:00 |
| a  | A1  | 3     | 2026-01-01 10:02:00 |
| c  | C3  | 1     | 2026-01-01 10:03:00 |
| d  | C3  | 1     | 2026-01-01 10:12:00 |
--@watermark sold 2026-01-01 10:15:00
--@expect leaders
| window_start        | place | sku | units |
| 2026-01-01 10:00:00 | 1     | B2  | 4     |
| 2026-01-01 10:00:00 | 2     | A1  | 3     |
--@end
--@expect leaders
| window_start        | place | sku | units |
| 2026-01-01 10:00:00 | 1     | B2  | 4     |
| 2026-01-01 10:00:00 | 2     | A1  | 3     |
| 2026-01-01 10:10:00 | 1     | C3  | 1     |
