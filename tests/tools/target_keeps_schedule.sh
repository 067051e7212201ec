#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every chunk of a forked target is recorded, with the times that bm_target_schedule computes. No limit on lateness here:
# that is a figure for an idle machine.
exec ./target_lateness --streams 1,50,200 --tokens 20 --trials 1
