// Choosing OpenBLAS's kernels.
#pragma once

namespace tools {

// OpenBLAS takes a processor newer than itself for a Haswell, and then leaves AVX-512 unused: 0.3.21 (Debian 12) does so on Sapphire
// Rapids, and its products run at 0.4–0.65 of their speed. It reads its choice from the environment when it is loaded, so where that
// happened the program sets OPENBLAS_CORETYPE and starts itself again. A value set by the user is kept.
void use_avx512_kernels(char** argv);

}  // namespace tools
