/* SPDX-License-Identifier: MIT */
/* The page of `svsm-sim view` as it is before a trace is in it, and the machines' drawings. */
#pragma once
#include <sim/chart.h>

extern const char view_page[], view_steps[], view_map[], view_line[], view_script[];
/* By enum machine. */
extern const char view_boot[], view_vcpu[], view_pvalidate[], view_create[];
