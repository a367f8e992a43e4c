/** A line that no link can be created of. */
export interface CsvFault {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Called for each line that is refused; a site names the first ones. */
export type OnFault = (fault: CsvFault) => void;

export interface CsvFound {
  readonly links: number;
  readonly refused: number;
  readonly ignored: readonly string[];
}

export interface CsvAdded {
  readonly created: number;
  readonly refused: number;
}

/** The import of one file, on this machine or at a site. */
export interface CsvImport {
  /** Says what can be created, and changes nothing. */
  check(onFault: OnFault): Promise<CsvFound>;
  /** Creates what can be created. */
  run(onFault: OnFault, show: (created: number) => void): Promise<CsvAdded>;
}
