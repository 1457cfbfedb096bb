//! Where bytes come from: paths, standard input, FIFOs. Knows nothing of what they mean.
