// Stopping a run from outside. Ctrl-C (SIGINT) and SIGTERM only ask: the training loop looks at stop_signal()
// between two steps, saves, and exits with 128 + the signal (130 or 143). Whoever presses Ctrl-C while a stop
// is under way leaves at once; files are whole even then, see atomic_file.h. SIGPIPE is ignored: a reader
// that went away shows up as a failed write.
#pragma once

namespace tools {

// Installs the handlers; once, before training. The other commands have nothing to save, and leave at once as
// programs do.
void watch_signals();

// The signal that asked to stop, 0 if none did.
int stop_signal();

}  // namespace tools
