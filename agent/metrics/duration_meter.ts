import type { durationRows } from "./duration_rows.ts";
import type { InstrumentsOf } from "./instruments.ts";

/** Takes times and shows them in upstream's five ways. */
export class DurationMeter {
  readonly #instruments: InstrumentsOf<ReturnType<typeof durationRows>>;
  #count = 0;
  #sum = 0;
  #max = 0;
  #min = Infinity;

  constructor(instruments: InstrumentsOf<ReturnType<typeof durationRows>>) {
    this.#instruments = instruments;
  }

  /** Adds one sample. */
  observe(seconds: number): void {
    const { all, latest, average, max, min } = this.#instruments;
    this.#count++;
    this.#sum += seconds;
    this.#max = Math.max(this.#max, seconds);
    this.#min = Math.min(this.#min, seconds);
    all.observe({}, seconds);
    latest.set({}, seconds);
    average.set({}, this.#sum / this.#count);
    max.set({}, this.#max);
    min.set({}, this.#min);
  }
}
