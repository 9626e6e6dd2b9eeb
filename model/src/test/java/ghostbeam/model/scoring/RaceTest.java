package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class RaceTest {

  @Test
  void looksLessOftenOverTime() {
    assertEquals(
        List.of(
            782L, 1173L, 1760L, 2640L, 3960L, 5940L, 8910L, 13365L, 20048L, 30072L, 45108L, 50000L),
        Race.looks(50_000));
    assertEquals(List.of(128L, 192L, 288L, 400L), Race.looks(400));
    assertEquals(List.of(100L), Race.looks(100));
  }

  /**
   * With four entrants, 4 · 3 / 0.01 = 1,200 is needed: 14 wins without loss, 2,184, suffice, 13 do
   * not.
   */
  @Test
  void dropsTheBeatenAndSaysByWhom() {
    Map<String, RoaringBitmap> hits = new TreeMap<>();
    hits.put("a", first(50));
    hits.put("b", first(37));
    hits.put("c", first(36));
    hits.put("d", first(0));
    Map<String, Defeat> beaten = new Race(4).beaten(hits, List.of());
    assertEquals(List.of("c", "d"), List.copyOf(beaten.keySet()));
    Defeat defeat = beaten.get("c");
    assertEquals("a", defeat.beatenBy());
    assertEquals(0, defeat.onlyThis());
    assertEquals(14, defeat.onlyOther());
    assertEquals(Math.log10(2184.466), defeat.log10Evidence(), 1e-3);
    assertEquals(Math.log10(1200), defeat.log10Needed(), 1e-12);
    assertEquals("a", beaten.get("d").beatenBy());
  }

  @Test
  void keepsThoseThatMustStay() {
    Map<String, RoaringBitmap> hits = Map.of("a", first(50), "old", first(0), "c", first(0));
    assertEquals(List.of("c"), List.copyOf(new Race(3).beaten(hits, List.of("old")).keySet()));
  }

  @Test
  void aSingleEntrantAndEqualsAreNeverBeaten() {
    assertTrue(new Race(1).beaten(Map.of("a", first(0)), List.of()).isEmpty());
    Map<String, RoaringBitmap> equals = Map.of("a", first(500), "b", first(500));
    assertTrue(new Race(2).beaten(equals, List.of()).isEmpty());
  }

  private static RoaringBitmap first(int records) {
    RoaringBitmap hits = new RoaringBitmap();
    IntStream.range(0, records).forEach(hits::add);
    return hits;
  }
}
