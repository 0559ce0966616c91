const patienceMs = 10_000;
const stepMs = 2;

/** Repeats an expectation until it holds. Fails with its last error after ten seconds: a slow machine is not a fault. */
export async function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
}
