/**
 * What glibc is told in the image (mallopt(3)): one arena, and freed memory goes back to the system. By itself it keeps an
 * arena for each thread of Deno's and grows its limits with what is freed. Takes 25 MB off the agent at its start, and 40 MB
 * after 1000 ADDs.
 */
export const memoryVariables: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "131072",
};
