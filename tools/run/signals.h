// Stopping a run from outside. Ctrl-C (SIGINT), SIGTERM and a terminal that is closed (SIGHUP) are requests:
// the training loop checks stop_signal() after each step, saves, and exits with 128 + the signal (130, 143 or
// 129). A second Ctrl-C ends the process at once; files are whole even then (atomic_file.h). SIGPIPE is
// ignored, so that a closed pipe is an error of the write. While a finished run makes its report, any of them
// ends the process.
#pragma once

namespace tools {

// Installs the handlers, but not for a signal that the parent process has made this one ignore; once, before
// training. The other commands have nothing to save and keep the default.
void watch_signals();

// From here on a signal ends the process, because what is left to do may be lost.
void let_signals_end();

// The signal that asked to stop; 0 if none did.
int stop_signal();

}  // namespace tools
