-- summary
WITH src AS (SELECT CASE WHEN btrim(CAST(`order id` AS STRING), ' 	
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL),
w AS (SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity) AS pos, lead(activity) OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity) AS na, lead(t) OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity) AS nt FROM ev),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) div 10) + 1 THEN d END) FROM ranked;

-- summary
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- summary
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT n, n AS k, t0, t1, d, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 0 ELSE 1 END AS is_over FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
ranked AS (SELECT n, k, t0, t1, d, is_over, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs),
by_end AS (SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked)
SELECT k, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12, count(CASE WHEN is_over = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_over = 1 THEN d END AS DECIMAL(38,0))) AS STRING) AS p1, min(CASE WHEN is_over = 1 THEN d END) AS p2, max(CASE WHEN is_over = 1 THEN d END) AS p3, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p4, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p5, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p6, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p7, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p8, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p9, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p10, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p11, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p12, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) ORDER BY k;

-- summary
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(DISTINCT activity), count(DISTINCT c3) FROM e;

-- summary
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(*) FROM (SELECT DISTINCT v FROM kept) AS different;

-- variants
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
durations AS (SELECT kept_id AS of_case, t1 - t0 AS d, 0 AS known, 0 AS broken FROM kept),
cs AS (SELECT v, len, d, CASE WHEN d IS NULL THEN 0 ELSE 1 END AS is_kept, known, broken, 0 AS repeats FROM seqs LEFT JOIN durations ON seqs.case_id = durations.of_case),
ranked AS (SELECT v, len, d, known, broken, repeats, row_number() OVER (PARTITION BY v, is_kept ORDER BY d) AS r, count(*) OVER (PARTITION BY v, is_kept) AS m FROM cs),
counted AS (SELECT v, count(*) AS n_all, max(len) AS len, max(repeats) AS repeats, sum(CAST(d AS DECIMAL(38,0))) AS total, CAST(sum(known) AS BIGINT) AS known, CAST(sum(broken) AS BIGINT) AS broken, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY v),
placed_all AS (SELECT *, row_number() OVER (ORDER BY n_all DESC, v) AS place FROM counted),
grouped AS (SELECT * FROM placed_all WHERE q0 > 0)
SELECT v, place, count(*) OVER () AS all_variants, CAST(sum(q0) OVER () AS BIGINT) AS all_cases, q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, CAST(sum(q0) OVER (ORDER BY q0 DESC NULLS LAST, v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS above, known, broken FROM grouped ORDER BY q0 DESC NULLS LAST, v LIMIT 10;

-- activities
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
steps AS (SELECT na AS b, nt - t AS d FROM e WHERE na IS NOT NULL),
ranked AS (SELECT b, d, row_number() OVER (PARTITION BY b ORDER BY d) AS r, count(*) OVER (PARTITION BY b) AS m FROM steps)
SELECT b, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY b ORDER BY b;

-- activities
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
incases AS (SELECT case_id, activity, count(*) AS k, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(k) AS BIGINT), count(*), CAST(sum(begins) AS BIGINT), CAST(sum(stops) AS BIGINT), CAST(sum(CASE WHEN k > 1 THEN 1 ELSE 0 END) AS BIGINT) FROM incases GROUP BY activity ORDER BY activity;

-- dfg
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
steps AS (SELECT case_id, activity AS a, na AS b, nt - t AS d FROM e WHERE na IS NOT NULL),
ranked AS (SELECT case_id, a, b, d, row_number() OVER (PARTITION BY a, b ORDER BY d) AS r, count(*) OVER (PARTITION BY a, b) AS m FROM steps)
SELECT a, b, count(DISTINCT case_id), count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY a, b ORDER BY a, b;

-- cases
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
listed AS (SELECT case_id, ranks.place AS place, n, t0, t1, t1 - t0 AS d FROM kept JOIN ranks ON kept.v = ranks.v)
SELECT case_id, place, n, t0, t1, d, count(*) OVER () AS total, (SELECT max(d) FROM cs) AS longest FROM listed WHERE TRUE ORDER BY d DESC NULLS LAST, case_id LIMIT 10;

-- overview
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) div 10) + 1 THEN d END) FROM ranked;

-- overview
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- overview
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT n, n AS k, t0, t1, d, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 0 ELSE 1 END AS is_over FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
ranked AS (SELECT n, k, t0, t1, d, is_over, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs),
by_end AS (SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked)
SELECT k, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12, count(CASE WHEN is_over = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_over = 1 THEN d END AS DECIMAL(38,0))) AS STRING) AS p1, min(CASE WHEN is_over = 1 THEN d END) AS p2, max(CASE WHEN is_over = 1 THEN d END) AS p3, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p4, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p5, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p6, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p7, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p8, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p9, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p10, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p11, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p12, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) ORDER BY k;

-- overview
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
binned AS (SELECT 0 AS started, 0 AS ended, 0 AS lasted, d FROM cs),
ranked AS (SELECT started, ended, lasted, d, row_number() OVER (PARTITION BY ended ORDER BY d) AS r, count(*) OVER (PARTITION BY ended) AS m FROM binned)
SELECT started, ended, lasted, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY GROUPING SETS ((started), (ended), (lasted));

-- flow
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) div 10) + 1 THEN d END) FROM ranked;

-- flow
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- flow
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT n, n AS k, t0, t1, d, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 0 ELSE 1 END AS is_over FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
ranked AS (SELECT n, k, t0, t1, d, is_over, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs),
by_end AS (SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked)
SELECT k, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12, count(CASE WHEN is_over = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_over = 1 THEN d END AS DECIMAL(38,0))) AS STRING) AS p1, min(CASE WHEN is_over = 1 THEN d END) AS p2, max(CASE WHEN is_over = 1 THEN d END) AS p3, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p4, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p5, max(CASE WHEN r_over = (((m_over - 1) * 50) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p6, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p7, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p8, max(CASE WHEN r_over = (((m_over - 1) * 90) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p9, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p10, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p11, max(CASE WHEN r_over = (((m_over - 1) * 99) div 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p12, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) ORDER BY k;

-- flow
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT t0, t1, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
spans AS (SELECT t0, t1, is_open, CASE WHEN is_open = 1 THEN 1 ELSE t1 END AS t2 FROM cs),
within_axis AS (SELECT t0, t1, is_open, CASE WHEN t0 < 0 THEN 0 ELSE t0 END AS a, CASE WHEN t2 > 10000000 THEN 10000000 ELSE t2 END AS z, CASE WHEN t0 < 10000000 AND t2 > 0 AND t0 < t2 THEN 1 ELSE 0 END AS is_inside FROM spans),
binned AS (SELECT CASE WHEN t0 >= 10000000 THEN -2 WHEN t0 < 0 THEN -1 ELSE CASE WHEN t0 < 5000000 THEN 0 ELSE 1 END END AS b0, CASE WHEN is_open = 1 OR t1 >= 10000000 THEN -2 WHEN t1 < 0 THEN -1 ELSE CASE WHEN t1 < 5000000 THEN 0 ELSE 1 END END AS b1, CASE WHEN is_inside = 0 THEN -2 WHEN a < 0 THEN -1 ELSE CASE WHEN a < 5000000 THEN 0 ELSE 1 END END AS b2, CASE WHEN is_inside = 0 THEN -2 WHEN (z - 1) < 0 THEN -1 ELSE CASE WHEN (z - 1) < 5000000 THEN 0 ELSE 1 END END AS b3, a, z FROM within_axis)
SELECT b0, b1, b2, b3, count(*), CAST(sum(CAST(a AS DECIMAL(38,0))) AS STRING), CAST(sum(CAST(z AS DECIMAL(38,0))) AS STRING) FROM binned GROUP BY GROUPING SETS ((b0), (b1), (b2), (b3));

-- map
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT activity, count(DISTINCT case_id), count(*) FROM e GROUP BY activity;

-- map
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
p AS (SELECT case_id, pos, t, na, activity AS a, lead(activity) OVER (PARTITION BY case_id ORDER BY pos) AS b, lead(pos) OVER (PARTITION BY case_id ORDER BY pos) AS bpos, lead(t) OVER (PARTITION BY case_id ORDER BY pos) AS bt, lag(activity) OVER (PARTITION BY case_id ORDER BY pos) AS z FROM e),
steps AS (SELECT case_id, a, b, CASE WHEN bpos = pos + 1 OR (b IS NULL AND na IS NULL) THEN 1 ELSE 0 END AS direct FROM p)
SELECT a, b, count(*), CAST(sum(direct) AS BIGINT), count(DISTINCT case_id) FROM steps GROUP BY a, b;

-- map
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
p AS (SELECT case_id, pos, t, na, activity AS a, lead(activity) OVER (PARTITION BY case_id ORDER BY pos) AS b, lead(pos) OVER (PARTITION BY case_id ORDER BY pos) AS bpos, lead(t) OVER (PARTITION BY case_id ORDER BY pos) AS bt, lag(activity) OVER (PARTITION BY case_id ORDER BY pos) AS z FROM e),
steps AS (SELECT case_id, a, CASE WHEN pos = 1 THEN 1 ELSE 0 END AS direct FROM p WHERE z IS NULL)
SELECT a, count(*), CAST(sum(direct) AS BIGINT), count(DISTINCT case_id) FROM steps GROUP BY a;

-- map
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
p AS (SELECT case_id, pos, t, na, activity AS a, lead(activity) OVER (PARTITION BY case_id ORDER BY pos) AS b, lead(pos) OVER (PARTITION BY case_id ORDER BY pos) AS bpos, lead(t) OVER (PARTITION BY case_id ORDER BY pos) AS bt, lag(activity) OVER (PARTITION BY case_id ORDER BY pos) AS z FROM e),
timed AS (SELECT a, b, bt - t AS d FROM p WHERE b IS NOT NULL),
ranked AS (SELECT a, b, d, row_number() OVER (PARTITION BY a, b ORDER BY d) AS r, count(*) OVER (PARTITION BY a, b) AS m FROM timed)
SELECT a, b, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY a, b ORDER BY a, b;

-- map
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(DISTINCT case_id) FROM e;

-- filter counts
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
placed AS (SELECT f.*, ranks.place FROM f JOIN ranks ON f.v = ranks.v),
kept AS (SELECT *, case_id AS kept_id FROM placed WHERE TRUE),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT CAST(coalesce(sum(CASE WHEN TRUE THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (f0 = 1) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (f0 = 1) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (CAST(place AS DOUBLE) = CAST('1e0' AS DOUBLE)) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (f0 = 1) AND (CAST(place AS DOUBLE) = CAST('1e0' AS DOUBLE)) THEN 1 ELSE 0 END), 0) AS BIGINT) FROM placed;

-- facet
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6, CAST(`line` AS DOUBLE) AS c7 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
changes AS (SELECT case_id, CASE WHEN count(c3) = 0 OR count(c3) = count(*) AND min(c3) = max(c3) THEN 0 ELSE 1 END AS x3, CASE WHEN count(c4) = 0 OR count(c4) = count(*) AND min(c4) = max(c4) THEN 0 ELSE 1 END AS x4, CASE WHEN count(c5) = 0 OR count(c5) = count(*) AND min(c5) = max(c5) THEN 0 ELSE 1 END AS x5, CASE WHEN count(c6) = 0 OR count(c6) = count(*) AND min(c6) = max(c6) THEN 0 ELSE 1 END AS x6, CASE WHEN count(c7) = 0 OR count(c7) = count(*) AND min(c7) = max(c7) THEN 0 ELSE 1 END AS x7 FROM ev GROUP BY case_id)
SELECT max(x3), max(x4), max(x5), max(x6), max(x7) FROM changes;

-- facet
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6, CAST(`line` AS DOUBLE) AS c7 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
having_some AS (SELECT case_id, min(t) AS t0, max(CASE WHEN c3 IS NOT NULL THEN 1 ELSE 0 END) AS h3, max(CASE WHEN c4 IS NOT NULL THEN 1 ELSE 0 END) AS h4, max(CASE WHEN c5 IS NOT NULL THEN 1 ELSE 0 END) AS h5, max(CASE WHEN c6 IS NOT NULL THEN 1 ELSE 0 END) AS h6, max(CASE WHEN c7 IS NOT NULL THEN 1 ELSE 0 END) AS h7 FROM e GROUP BY case_id)
SELECT count(*), count(DISTINCT ((((((t0 - (((t0 % 86400000000) + 86400000000) % 86400000000)) div 86400000000) + 3) % 7) + 7) % 7)), count(DISTINCT ((((t0 % 86400000000) + 86400000000) % 86400000000) div 3600000000)), count(DISTINCT CASE WHEN t0 < 2678400000000 THEN 0 ELSE 1 END), CAST(coalesce(sum(h3), 0) AS BIGINT), CAST(coalesce(sum(h4), 0) AS BIGINT), CAST(coalesce(sum(h5), 0) AS BIGINT), CAST(coalesce(sum(h6), 0) AS BIGINT), CAST(coalesce(sum(h7), 0) AS BIGINT) FROM having_some;

-- facet
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6, CAST(`line` AS DOUBLE) AS c7 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(DISTINCT activity), count(DISTINCT CASE WHEN pos = 1 THEN activity END), count(DISTINCT CASE WHEN na IS NULL THEN activity END), count(DISTINCT CASE WHEN lower(c3) IN ('true', 'false') THEN lower(c3) ELSE c3 END), count(DISTINCT CASE WHEN lower(c4) IN ('true', 'false') THEN lower(c4) ELSE c4 END), count(DISTINCT CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END), count(DISTINCT c6), count(DISTINCT CASE WHEN c7 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c7 END) FROM e;

-- facet
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6, CAST(`line` AS DOUBLE) AS c7 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(*) FROM (SELECT DISTINCT v FROM kept) AS different;

-- numbers
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6, CAST(`line` AS DOUBLE) AS c7 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
changes AS (SELECT case_id, CASE WHEN count(c3) = 0 OR count(c3) = count(*) AND min(c3) = max(c3) THEN 0 ELSE 1 END AS x3, CASE WHEN count(c4) = 0 OR count(c4) = count(*) AND min(c4) = max(c4) THEN 0 ELSE 1 END AS x4, CASE WHEN count(c5) = 0 OR count(c5) = count(*) AND min(c5) = max(c5) THEN 0 ELSE 1 END AS x5, CASE WHEN count(c6) = 0 OR count(c6) = count(*) AND min(c6) = max(c6) THEN 0 ELSE 1 END AS x6, CASE WHEN count(c7) = 0 OR count(c7) = count(*) AND min(c7) = max(c7) THEN 0 ELSE 1 END AS x7 FROM ev GROUP BY case_id)
SELECT max(x3), max(x4), max(x5), max(x6), max(x7) FROM changes;

-- numbers
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
numbers AS (SELECT CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END AS x FROM e WHERE pos = 1)
SELECT count(*) - count(x) FROM numbers;

-- numbers
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
numbers AS (SELECT CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END AS x FROM e WHERE pos = 1),
present AS (SELECT x FROM numbers WHERE x IS NOT NULL),
ranked AS (SELECT x, row_number() OVER ( ORDER BY x) AS r, count(*) OVER () AS m FROM present)
SELECT count(*), sum(x), max(CASE WHEN r = ((m + 1) div 2) THEN x END), max(CASE WHEN r = ((m + 2) div 2) THEN x END) FROM ranked;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) div 10) + 1 THEN d END) FROM ranked;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT DISTINCT c4 FROM ev WHERE lower(c4) IN ('true', 'false');

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6, CAST(`line` AS DOUBLE) AS c7 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
changes AS (SELECT case_id, CASE WHEN count(c3) = 0 OR count(c3) = count(*) AND min(c3) = max(c3) THEN 0 ELSE 1 END AS x3, CASE WHEN count(c4) = 0 OR count(c4) = count(*) AND min(c4) = max(c4) THEN 0 ELSE 1 END AS x4, CASE WHEN count(c5) = 0 OR count(c5) = count(*) AND min(c5) = max(c5) THEN 0 ELSE 1 END AS x5, CASE WHEN count(c6) = 0 OR count(c6) = count(*) AND min(c6) = max(c6) THEN 0 ELSE 1 END AS x6, CASE WHEN count(c7) = 0 OR count(c7) = count(*) AND min(c7) = max(c7) THEN 0 ELSE 1 END AS x7 FROM ev GROUP BY case_id)
SELECT max(x3), max(x4), max(x5), max(x6), max(x7) FROM changes;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
held AS (SELECT x FROM (SELECT max(CASE WHEN pos = 1 THEN CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END END) AS x FROM e GROUP BY case_id) AS firsts WHERE x IS NOT NULL)
SELECT DISTINCT x FROM held LIMIT 33;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
held AS (SELECT x FROM (SELECT max(CASE WHEN pos = 1 THEN c6 END) AS x FROM e GROUP BY case_id) AS firsts WHERE x IS NOT NULL),
ranked AS (SELECT x, row_number() OVER ( ORDER BY x) AS r, count(*) OVER () AS m FROM held)
SELECT count(*), max(x), max(CASE WHEN r = ((m * 1 + 3) div 4) THEN x END), max(CASE WHEN r = ((m * 2 + 3) div 4) THEN x END), max(CASE WHEN r = ((m * 3 + 3) div 4) THEN x END) FROM ranked;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
members AS (SELECT * FROM known)
SELECT count(*), CAST(coalesce(sum(is_open), 0) AS BIGINT), CAST(coalesce(sum(again), 0) AS BIGINT), min(t0), max(t0) FROM members;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again, max(CASE WHEN pos = 1 THEN CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END END) AS k1, max(CASE WHEN pos = 1 THEN c6 END) AS k2 FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open, CAST(NULL AS BIGINT) AS g1, CASE WHEN k2 IS NULL THEN NULL ELSE 1 END AS g2, (1 + CASE WHEN t0 < 2678400000000 THEN 0 ELSE 1 END) AS g3 FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
m0 AS (SELECT DISTINCT case_id AS case0, c4 AS g0 FROM e WHERE c4 IS NOT NULL),
members AS (SELECT * FROM known LEFT JOIN m0 ON known.case_id = case0)
SELECT g0, g1, g2, g3, count(*), CAST(coalesce(sum(n), 0) AS BIGINT), count(DISTINCT v), CAST(coalesce(sum(again), 0) AS BIGINT), CAST(coalesce(sum(is_open), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM members GROUP BY g0, g1, g2, g3 LIMIT 10001;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again, max(CASE WHEN pos = 1 THEN CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END END) AS k1, max(CASE WHEN pos = 1 THEN c6 END) AS k2 FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open, CAST(NULL AS BIGINT) AS g1, CASE WHEN k2 IS NULL THEN NULL ELSE 1 END AS g2, (1 + CASE WHEN t0 < 2678400000000 THEN 0 ELSE 1 END) AS g3 FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
m0 AS (SELECT DISTINCT case_id AS case0, c4 AS g0 FROM e WHERE c4 IS NOT NULL),
members AS (SELECT * FROM known LEFT JOIN m0 ON known.case_id = case0),
closed AS (SELECT case_id AS over_id, d AS over_d, 2 * rank() OVER (ORDER BY d) + count(*) OVER (PARTITION BY d) - 1 AS doubled FROM known WHERE is_open = 0)
SELECT m, count(*) FROM (SELECT count(*) AS m FROM closed GROUP BY over_d) AS equal GROUP BY m ORDER BY m;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again, max(CASE WHEN pos = 1 THEN CASE WHEN c5 = CAST('0e0' AS DOUBLE) THEN CAST('0e0' AS DOUBLE) ELSE c5 END END) AS k1, max(CASE WHEN pos = 1 THEN c6 END) AS k2 FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open, CAST(NULL AS BIGINT) AS g1, CASE WHEN k2 IS NULL THEN NULL ELSE 1 END AS g2, (1 + CASE WHEN t0 < 2678400000000 THEN 0 ELSE 1 END) AS g3 FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
m0 AS (SELECT DISTINCT case_id AS case0, c4 AS g0 FROM e WHERE c4 IS NOT NULL),
members AS (SELECT * FROM known LEFT JOIN m0 ON known.case_id = case0),
closed AS (SELECT case_id AS over_id, d AS over_d, 2 * rank() OVER (ORDER BY d) + count(*) OVER (PARTITION BY d) - 1 AS doubled FROM known WHERE is_open = 0),
timed AS (SELECT g0, g1, g2, g3, d, doubled FROM members JOIN closed ON case_id = over_id),
ranked AS (SELECT g0, g1, g2, g3, d, doubled, row_number() OVER (PARTITION BY g0, g1, g2, g3 ORDER BY d) AS r, count(*) OVER (PARTITION BY g0, g1, g2, g3) AS m FROM timed)
SELECT g0, g1, g2, g3, count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12, CAST(sum(CAST(doubled AS DECIMAL(38,0))) AS STRING) FROM ranked GROUP BY g0, g1, g2, g3;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
members AS (SELECT * FROM known)
SELECT count(*), CAST(coalesce(sum(n), 0) AS BIGINT), count(DISTINCT v), CAST(coalesce(sum(again), 0) AS BIGINT), CAST(coalesce(sum(is_open), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 AND t0 < 1 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN t0 >= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM members LIMIT 10001;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
members AS (SELECT * FROM known),
closed AS (SELECT case_id AS over_id, d AS over_d, 2 * rank() OVER (ORDER BY d) + count(*) OVER (PARTITION BY d) - 1 AS doubled FROM known WHERE is_open = 0)
SELECT m, count(*) FROM (SELECT count(*) AS m FROM closed GROUP BY over_d) AS equal GROUP BY m ORDER BY m;

-- split
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, count(*) AS n, min(t) AS t0, max(t) - min(t) AS d, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN count(*) > count(DISTINCT activity) THEN 1 ELSE 0 END AS again FROM e GROUP BY case_id),
known AS (SELECT case_id, n, t0, d, again, v, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open FROM cs JOIN (SELECT case_id AS of_case, v FROM seqs) AS its ON case_id = of_case),
members AS (SELECT * FROM known),
closed AS (SELECT case_id AS over_id, d AS over_d, 2 * rank() OVER (ORDER BY d) + count(*) OVER (PARTITION BY d) - 1 AS doubled FROM known WHERE is_open = 0),
timed AS (SELECT d, doubled FROM members JOIN closed ON case_id = over_id),
ranked AS (SELECT d, doubled, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM timed)
SELECT count(d) AS q0, CAST(sum(CAST(d AS DECIMAL(38,0))) AS STRING) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) div 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) div 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) div 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) div 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) div 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) div 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) div 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) div 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) div 100) + 2 THEN d END) AS q12, CAST(sum(CAST(doubled AS DECIMAL(38,0))) AS STRING) FROM ranked;

-- events where activity != "Ship"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND NOT (activity IS NOT NULL AND activity = 'Ship')),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- events where time in 2024-01..2024-02
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND (t >= 1704067200000000 AND t < 1706745600000000)),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- events where amount < 5
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) <= CAST('4.999999999999999e0' AS DOUBLE)))),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- events where resource is missing
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND (c3 IS NULL)),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- cases where "Open"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where not "Open"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE NOT (f0 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" and ("Ship" or not "Close")
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0, max(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') THEN 1 ELSE 0 END) AS f1, max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') THEN 1 ELSE 0 END) AS f2 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (f0 = 1 AND (f1 = 1 OR NOT (f2 = 1)))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" within 2h
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (nt - t) <= 7200000000 THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" after 1h within 2h
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (nt - t) >= 3600000000 AND (nt - t) <= 7200000000 THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" during 2024-01..2024-03
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND ((t >= 1704067200000000 AND t < 1709251200000000) AND (nt >= 1704067200000000 AND nt < 1709251200000000)) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" overlaps 2024-01..2024-03
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (t < 1709251200000000 AND nt >= 1704067200000000) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" ~> "Close"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN min(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN pos END) < max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') THEN pos END) THEN 1 ELSE 0 END AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" ~> "Close" within 2d
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
w2 AS (SELECT *, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN t END) OVER (PARTITION BY case_id ORDER BY pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before0 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') AND before0 IS NOT NULL AND (t - before0) <= 172800000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" ~> "Close" after 2d
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
w2 AS (SELECT *, min(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN t END) OVER (PARTITION BY case_id ORDER BY pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before0 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') AND before0 IS NOT NULL AND (t - before0) >= 172800000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" -> "Close" within 1d
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
w2 AS (SELECT *, lead(activity, 2) OVER (PARTITION BY case_id ORDER BY pos) AS activity_2, lead(t, 2) OVER (PARTITION BY case_id ORDER BY pos) AS t_2 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (activity_2 IS NOT NULL AND activity_2 = 'Close') AND (t_2 - t) <= 86400000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where starts with "Open"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN pos = 1 AND (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ends with "it's"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN na IS NULL AND (activity IS NOT NULL AND activity = 'it\'s') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where started 2024-01..
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t0 >= 1704067200000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ended ..=2024-02-01
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t1 < 1706832000000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where during 2024
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((t0 >= 1704067200000000 AND t0 < 1735689600000000) AND (t1 >= 1704067200000000 AND t1 < 1735689600000000))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where overlaps 2024-01-01..2024-02-01
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t0 < 1706745600000000 AND t1 >= 1704067200000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where time in 2024-01-01..2024-02-01
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (t >= 1704067200000000 AND t < 1706745600000000) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where time after 1h within 2h
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
w2 AS (SELECT *, min(t) OVER (PARTITION BY case_id) AS begun FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (t - begun) >= 3600000000 AND (t - begun) <= 7200000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where duration > 3d
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((t1 - t0) >= 259200000001)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where duration = 0s
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t1 - t0) = 0),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where start >= 2024-01-02
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t0 >= 1704153600000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where end < 2024-01-02
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t1 <= 1704153599999999)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where events > 3
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (CAST(n AS DOUBLE) >= CAST('3.0000000000000004e0' AS DOUBLE))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where events in (1, 2)
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE CAST(n AS DOUBLE) IN (CAST('1e0' AS DOUBLE), CAST('2e0' AS DOUBLE))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where variant <= 10
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_join(array_sort(collect_list(concat(lpad(CAST(pos AS STRING), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
placed AS (SELECT f.*, ranks.place FROM f JOIN ranks ON f.v = ranks.v),
kept AS (SELECT *, case_id AS kept_id FROM placed WHERE (CAST(place AS DOUBLE) <= CAST('1e1' AS DOUBLE))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where count("Ship") = 2
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, sum(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE CAST(f0 AS DOUBLE) = CAST('2e0' AS DOUBLE)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where case in ("a", "b")
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (case_id IS NOT NULL AND case_id IN ('a', 'b')) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where case > "m"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (case_id > 'm') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where activity ~ "^S"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where resource = "ANN"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'ann') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where resource != "bob"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'bob') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE NOT (f0 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where who = "o\\k"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'o\\k') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where region in ("EU", "US")
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c4 IS NOT NULL AND NOT FALSE) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where region ~ "^E"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c4 IS NOT NULL AND c4 = 'EU') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where amount > 0.1
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) >= CAST('1.0000000000000002e-1' AS DOUBLE))) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where amount in (1, 2.5)
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c5 IS NOT NULL AND CAST(c5 AS DOUBLE) IN (CAST('1e0' AS DOUBLE), CAST('2.5e0' AS DOUBLE))) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where due < 2024-03-01
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, unix_micros(CAST(`due` AS TIMESTAMP)) AS c6 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c6 IS NOT NULL AND (c6 <= 1709251199999999)) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where region is missing
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`region` AS STRING) AS c4 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c4 IS NULL) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where amount is not missing
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c5 IS NULL) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE NOT (f0 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where event(activity = "Ship" and amount > 5 and resource = "ann")
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') AND (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) >= CAST('5.000000000000001e0' AS DOUBLE))) AND (c3 IS NOT NULL AND c3 = 'ann') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where first(resource) = "ann"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN pos = 1 AND (c3 IS NOT NULL AND c3 = 'ann') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where last(amount) >= 2
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CASE WHEN NOT isnan(`amount`) THEN CAST(`amount` AS DOUBLE) END AS c5 FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN na IS NULL AND (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) >= CAST('2e0' AS DOUBLE))) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where resource "ann" -> "bob"
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
w2 AS (SELECT *, lead(c3, 1) OVER (PARTITION BY case_id ORDER BY pos) AS c3_1 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'ann') AND (c3_1 IS NOT NULL AND c3_1 = 'bob') THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ping-pong
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
w2 AS (SELECT *, lead(c3, 1) OVER (PARTITION BY case_id ORDER BY pos) AS c3_1, lead(c3, 2) OVER (PARTITION BY case_id ORDER BY pos) AS c3_2 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN c3 IS NOT NULL AND c3_1 IS NOT NULL AND c3_2 IS NOT NULL AND c3 <> c3_1 AND c3 = c3_2 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ping-pong ["ann", "bob"]
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq, CAST(`who` AS STRING) AS c3 FROM `sales`.`events`),
w2 AS (SELECT *, lead(c3, 1) OVER (PARTITION BY case_id ORDER BY pos) AS c3_1, lead(c3, 2) OVER (PARTITION BY case_id ORDER BY pos) AS c3_2 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'ann') AND (c3_1 IS NOT NULL AND c3_1 = 'bob') AND (c3_2 IS NOT NULL AND c3_2 = 'ann') THEN 1 ELSE 0 END) AS f0, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'bob') AND (c3_1 IS NOT NULL AND c3_1 = 'ann') AND (c3_2 IS NOT NULL AND c3_2 = 'bob') THEN 1 ELSE 0 END) AS f1 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (f0 = 1 OR f1 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where start.hour in (9, 10)
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((((t0 % 86400000000) + 86400000000) % 86400000000) div 3600000000) IN (9, 10)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where end.weekday = mon
 ') <> '' THEN CAST(`order id` AS STRING) END AS case_id, CASE WHEN btrim(CAST(`step` AS STRING), ' 	
 ') <> '' THEN CAST(`step` AS STRING) END AS activity, unix_micros(`at`) AS t, `line` AS seq FROM `sales`.`events`),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((((((t1 - (((t1 % 86400000000) + 86400000000) % 86400000000)) div 86400000000) + 3) % 7) + 7) % 7) = 0),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

