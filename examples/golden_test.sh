#!/usr/bin/env bash
# A program prints what the file beside it says: golden_test.sh PROGRAM FILE
diff <("$1" 2>&1) "$2"
