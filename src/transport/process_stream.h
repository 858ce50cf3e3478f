// SPDX-License-Identifier: MIT
// A program's standard input and output as a stream.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transport/descriptor_stream.h"

namespace fid::transport {

/// Variables set for the program besides our own.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// A program whose standard input and output are the stream.
class Process : public DescriptorStream {
  public:
    using DescriptorStream::DescriptorStream;

    /// Sends a signal, also to the programs that it has started where it has a group of its own; none once it was
    /// waited for.
    virtual void signal(int number) = 0;
    /// What it exited with, 128 and the number of the signal that killed it; nothing before conclude() has said so.
    [[nodiscard]] virtual std::optional<int> exit_status() const = 0;
};

struct ProcessOptions {
    Environment environment;
    /// A process group of its own, even where there is a terminal: Ctrl-C then does not reach it.
    bool own_group = false;
    int error = -1;  ///< what its standard error is; -1 = ours
};

/// Starts `/bin/sh -c command`. finish() closes its standard input. conclude() closes its standard output and waits
/// until it has ended: status negative where it failed or was killed. Destroying the stream closes both; what is still
/// there half a second later gets SIGTERM, and SIGKILL after as long again. It is always reaped. Where there is no
/// terminal, whose Ctrl-C reaches all of them, the signals go to the programs that it has started, too.
[[nodiscard]] Result<std::unique_ptr<Process>> start_process(Executor executor, std::string command,
                                                             const ProcessOptions& options);
/// The same with our standard error, as a stream like others.
[[nodiscard]] Result<StreamPtr> make_process_stream(Executor executor, std::string command,
                                                    const Environment& environment);

}  // namespace fid::transport
