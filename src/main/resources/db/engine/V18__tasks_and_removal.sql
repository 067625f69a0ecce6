-- Each task that ends looks for tasks below it, which would otherwise read all that wait.
create index if not exists drawbridge_task_parent on ACT_RU_TASK (PARENT_TASK_ID_);

-- History is cleaned up by the end of an instance. The time of removal is never written, and its indices have an entry of
-- nothing for each row of the history.
drop index if exists ACT_IDX_HI_PRO_INST_RM_TIME;
drop index if exists ACT_IDX_HI_ACT_INST_RM_TIME;
drop index if exists ACT_IDX_HI_TASK_INST_RM_TIME;
drop index if exists ACT_IDX_HI_DETAIL_RM_TIME;
drop index if exists ACT_IDX_HI_IDENT_LINK_RM_TIME;
drop index if exists ACT_IDX_HI_VARINST_RM_TIME;
drop index if exists ACT_IDX_HI_INCIDENT_RM_TIME;
drop index if exists ACT_IDX_HI_JOB_LOG_RM_TIME;
