/* SPDX-License-Identifier: MIT */
/* The commands of svsm-sim, each in its own file: what is on its command line, its exit status. */
#pragma once

/* Besides 0: */
#define STATUS_REFUSED 1   /* what was asked about is not so */
#define STATUS_BAD_INPUT 2 /* a command line or a file that makes no sense; said in one line */

/* One line, STATUS_BAD_INPUT; `argv` is the command's. */
int command_bad(char **argv, const char *what);
/* The same of what getopt_long() has returned, '?', or ':' with that first in its short options. */
int command_bad_option(char **argv, int option);

int cmd_replay(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_view(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_reason(int argc, char **argv);
int cmd_step(int argc, char **argv);
