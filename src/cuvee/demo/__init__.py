"""The wine story: what ``cuvee demo`` shows, on real data or on a sample made here."""
