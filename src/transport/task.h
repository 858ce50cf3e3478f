// SPDX-License-Identifier: MIT
// Coroutines on one io_context. Everything that waits is a Task; a loop and all that hangs on it belong to one thread.
//
// gcc 12.2 destroys some temporaries of a full-expression with co_await twice. Keep to the safe form: build arguments
// and awaitables in statements of their own, then co_await the name; no lambda, braces or ?: on such a line.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace fid::transport {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T>
using Task = asio::awaitable<T, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Clock = std::chrono::steady_clock;

/// Errors as values: `const auto [error, count] = co_await op(..., as_task)`.
inline constexpr auto as_task = asio::as_tuple(asio::use_awaitable_t<Executor>());

}  // namespace fid::transport
