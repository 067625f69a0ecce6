-- The engine's jobs have no index that its look for due ones could use: with 100,000 requests waiting it would read all of
-- their timers, every time.

-- What is due, however many timers are not.
create index if not exists drawbridge_job_due on ACT_RU_JOB (DUEDATE_);

-- The next few in the engine's order, however many are due.
create index if not exists drawbridge_job_next on ACT_RU_JOB (PRIORITY_ desc, DUEDATE_);

-- What is locked, which the look leaves out with everything else of the same instance.
create index if not exists drawbridge_job_locked on ACT_RU_JOB (LOCK_EXP_TIME_);
