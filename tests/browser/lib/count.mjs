// Counting what passed and failed, in the words that ./dev test reads.
export class Count {
  passed = 0;
  failed = 0;
  skipped = 0;

  pass(name) {
    this.passed += 1;
    if (name && process.env.VERBOSE) console.log(`ok    ${name}`);
  }

  fail(name, reasons) {
    this.failed += 1;
    console.log(`FAIL  ${name}`);
    for (const reason of [reasons].flat()) console.log(`      ${reason}`);
  }

  skip(name, reason) {
    this.skipped += 1;
    console.log(`skip  ${name}: ${reason}`);
  }

  check(name, reasons) {
    if ([reasons].flat().length) this.fail(name, reasons);
    else this.pass(name);
  }

  close() {
    console.log(`${this.passed} passed, ${this.failed} failed${this.skipped ? `, ${this.skipped} skipped` : ''}`);
    process.exitCode = this.failed ? 1 : 0;
  }
}
