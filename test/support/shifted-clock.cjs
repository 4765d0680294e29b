// Preloaded by NODE_OPTIONS: a process whose clock is HYPERV_TEST_SHIFT milliseconds ahead. Time goes on as it does.
const shift = Number(process.env.HYPERV_TEST_SHIFT ?? 0);
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...given);
  }

  static now() {
    return RealDate.now() + shift;
  }
}

globalThis.Date = ShiftedDate;
