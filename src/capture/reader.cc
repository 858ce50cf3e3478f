// SPDX-License-Identifier: MIT
#include "capture/reader.h"
