import type { PriceApi, PriceBook, RefreshedPrices } from "@trimaran/contract";
export async function refresh(book: PriceBook, _from: PriceApi): Promise<RefreshedPrices> {
  return { book, read: 0, changed: 0, kept: book.meters.length };
}
