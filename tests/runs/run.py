#!/usr/bin/env python3
"""What `runnel run` and its databases promise, one check per sentence: declarative scripts, resumed runs, jobs,
one writer, secrets, damaged files, dead letters. Usage: run.py BUILD [PART OF A CASE'S NAME]...
RN_TIMES=1 prints how long each case took; RN_JOBS: how many run side by side."""
import sys

sys.dont_write_bytecode = True
import harness
import case_catalog, case_files, case_jobs, case_records, case_resume, case_select  # noqa: F401: they register their cases

sys.exit(harness.main(sys.argv[2:]))
