-- Tests of report.sql.

--@test per product, per country, and all
--@file report.sql
--@given sales
| country | sku | price | ts                  |
| NO      | A1  | 5.00  | 2026-01-01 10:00:00 |
| NO      | B2  | 2.50  | 2026-01-01 10:20:00 |
| SE      | A1  | 1.00  | 2026-01-01 10:30:00 |
--@end
--@expect report
| level   | country | sku  | revenue |
| product | NO      | A1   | 5.00    |
| product | NO      | B2   | 2.50    |
| product | SE      | A1   | 1.00    |
| country | NO      | NULL | 7.50    |
| country | SE      | NULL | 1.00    |
| all     | NULL    | NULL | 8.50    |
