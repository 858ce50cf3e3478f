// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#define DOCTEST_CONFIG_IMPLEMENT  // which the header takes from the line above only when it is read for the first time
#include <doctest/doctest.h>
