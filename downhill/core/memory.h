#pragma once

namespace downhill {

/// Tells the C library, for the whole process, to keep freed vectors of up to 32 MiB and half a GiB of them
/// in all. The instruments (`curvature`, gauges, landscapes) hold parameters in vectors of doubles; by
/// default the library gives those of megabytes back to the system at every release and gets them anew page
/// by page, which took a quarter of the time of a spectrum, and 16 % of a run of 1,000 steps with gauges
/// instead of 5. `downhill` calls it; a program of one's own may, once, at its start. Does nothing where
/// the C library is another than glibc.
void keep_large_vectors() noexcept;

/// Gives back to the system what this thread's pool of tensors keeps, and what the C library (glibc)
/// keeps of freed memory. For the end of a stretch of work on large tensors, before one that needs
/// others.
void give_back_free_memory() noexcept;

}  // namespace downhill
