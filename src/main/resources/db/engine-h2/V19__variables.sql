-- The variables of one execution, which each step reads: "and TASK_ID_ is null", which nearly all of them are, leads H2 to
-- the index of that, and so through the variables of all instances. PostgreSQL learns from its statistics.
create index if not exists drawbridge_variable_execution on ACT_RU_VARIABLE (EXECUTION_ID_, TASK_ID_);
