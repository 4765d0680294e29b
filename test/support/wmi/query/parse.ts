import { WmiError } from "../wmi-error";
import { type Token, tokens } from "./tokens";

export type Operator = "=" | "<>" | "<" | ">" | "<=" | ">=" | "LIKE" | "ISA";
export type Literal = string | number | boolean | null;

export type Condition =
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "compare"; readonly property: string; readonly operator: Operator; readonly literal: Literal };

export interface Select {
  /** Undefined: every property. */
  readonly properties: readonly string[] | undefined;
  readonly className: string;
  readonly where: Condition | undefined;
}

const OPERATORS: readonly string[] = ["=", "<>", "!=", "<", ">", "<=", ">="];

/** SELECT ... FROM ... [WHERE ...]; no events, no schema queries, no ASSOCIATORS OF. */
export function parseSelect(text: string): Select {
  const reader = new Reader(tokens(text));
  reader.expectWord("SELECT");
  const properties = reader.takeSymbol("*") ? undefined : reader.names();
  reader.expectWord("FROM");
  const className = reader.name();
  const where = reader.takeWord("WHERE") ? disjunction(reader) : undefined;
  reader.expectEnd();
  return { properties, className, where };
}

export function comparisons(condition: Condition): Extract<Condition, { kind: "compare" }>[] {
  if (condition.kind === "compare") return [condition];
  return condition.kind === "not" ? comparisons(condition.of) : condition.of.flatMap(comparisons);
}

function disjunction(reader: Reader): Condition {
  const of = [conjunction(reader)];
  while (reader.takeWord("OR")) of.push(conjunction(reader));
  return of.length === 1 ? (of[0] as Condition) : { kind: "any", of };
}

function conjunction(reader: Reader): Condition {
  const of = [term(reader)];
  while (reader.takeWord("AND")) of.push(term(reader));
  return of.length === 1 ? (of[0] as Condition) : { kind: "all", of };
}

function term(reader: Reader): Condition {
  if (reader.takeWord("NOT")) return { kind: "not", of: term(reader) };
  if (reader.takeSymbol("(")) {
    const inner = disjunction(reader);
    reader.expectSymbol(")");
    return inner;
  }
  const property = reader.name();
  if (reader.takeWord("IS")) {
    const operator = reader.takeWord("NOT") ? "<>" : "=";
    reader.expectWord("NULL");
    return { kind: "compare", property, operator, literal: null };
  }
  return { kind: "compare", property, operator: reader.operator(), literal: reader.literal() };
}

class Reader {
  private at = 0;

  constructor(private readonly all: readonly Token[]) {}

  takeWord(word: string): boolean {
    const token = this.all[this.at];
    const found = token?.kind === "word" && token.text.toUpperCase() === word;
    if (found) this.at++;
    return found;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word);
  }

  takeSymbol(symbol: string): boolean {
    const token = this.all[this.at];
    const found = token?.kind === "symbol" && token.text === symbol;
    if (found) this.at++;
    return found;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected(symbol);
  }

  name(): string {
    const token = this.all[this.at];
    if (token?.kind !== "word") throw this.unexpected("a name");
    this.at++;
    return token.text;
  }

  names(): string[] {
    const found = [this.name()];
    while (this.takeSymbol(",")) found.push(this.name());
    return found;
  }

  operator(): Operator {
    const token = this.all[this.at++];
    if (token?.kind === "symbol" && OPERATORS.includes(token.text)) return token.text === "!=" ? "<>" : (token.text as Operator);
    if (token?.kind === "word" && ["LIKE", "ISA"].includes(token.text.toUpperCase())) return token.text.toUpperCase() as Operator;
    this.at--;
    throw this.unexpected("an operator");
  }

  literal(): Literal {
    const token = this.all[this.at++];
    if (token?.kind === "string") return token.text;
    if (token?.kind === "number") return token.value;
    const words: Record<string, Literal> = { TRUE: true, FALSE: false, NULL: null };
    const word = token?.kind === "word" ? token.text.toUpperCase() : "";
    if (word in words) return words[word] ?? null;
    this.at--;
    throw this.unexpected("a value");
  }

  expectEnd(): void {
    if (this.at < this.all.length) throw this.unexpected("the end");
  }

  private unexpected(wanted: string): WmiError {
    const token = this.all[this.at];
    return new WmiError("invalidQuery", `expected ${wanted}, got ${token === undefined ? "the end" : JSON.stringify(token)}`);
  }
}
