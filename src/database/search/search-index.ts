import type { RawBuilder } from "kysely";

/** The part of a search of links that an index can answer. All words are folded. */
export interface SearchTerms {
  readonly ownerId?: number | undefined;
  readonly kind?: string | undefined;
  readonly isDisabled: boolean;
  /** With an expiry that has passed, and not disabled. */
  readonly isExpired: boolean;
  /** With a start to come: few links have one. */
  readonly isScheduled: boolean;
  /** With its visits used up: few links are. */
  readonly isSpent: boolean;
  /** Words that stand anywhere in the text. */
  readonly words: readonly string[];
}

/** Rows of `link_search` as `s` to test, and their `link_id` by the name of its order. */
export interface Candidates {
  readonly from: RawBuilder<unknown>;
  readonly id: RawBuilder<number>;
  /** Whether an index leaves only rows that are likely to match. */
  readonly isSelective: boolean;
}

/** How links are searched, which no two databases do alike. */
export interface SearchIndex {
  /** At least the matching rows, or all rows where no index selects some; each must still be tested. */
  candidates(terms: SearchTerms): Candidates;
  /** The links that have one of these tags, each once; of one tag, in the order of their ids. */
  tagged(ids: readonly number[]): Candidates;
  /** The links that have one of these tags among `candidates`; null where no one query reads both in order. */
  taggedAmong(ids: readonly number[], terms: SearchTerms): Candidates | null;
  /** Whether `word` stands anywhere in `s.text`. */
  contains(word: string): RawBuilder<boolean>;
  /** Ends a table's name in `from`: its rows are read in the order of this index. */
  inOrderOf(index: string): RawBuilder<unknown>;
}
