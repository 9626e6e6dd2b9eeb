package ghostbeam.transforms.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.transforms.source.InvalidSourceException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameListTest {
  private static Stream<String> names(String... lines) throws InvalidSourceException {
    return NameList.parse("list", String.join("\n", lines)).stream().map(NameList.Name::name);
  }

  /** The same two synsets as listed by people and tools; an extra line would shift every label. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "n02124075|n01440764",
        "n02124075 Egyptian cat|n01440764 tench, Tinca tinca",
        "n02124075, Egyptian cat|n01440764, tench",
        "n02124075\tcat|n01440764\ttench||",
        "n02124075,Egyptian cat|n01440764,tench",
        "wnid,name|n02124075,Egyptian cat|n01440764,tench",
        "synset;words|n02124075;Egyptian cat, cat|n01440764;tench",
        "\"n02124075\"|\"n01440764\"",
        "\"n02124075 Egyptian cat\"|\"n01440764 tench\"",
        "\"x\"|\"n02124075\"|\"n01440764\"",
        "\"\",\"x\"|\"1\",\"n02124075\"|\"2\",\"n01440764\"",
        "id,wnid,name|0,n02124075,cat|1,n01440764,tench",
        ",wnid|0,n02124075|1,n01440764",
        "0,n02124075|1,n01440764",
        "0 n02124075 cat|1 n01440764 tench",
        "1: n02124075|2: n01440764",
        "1.\tn02124075|2.\tn01440764",
        "class|n02124075|n01440764"
      })
  void findsNamesInEveryKindOfList(String list) throws InvalidSourceException {
    assertEquals(List.of("n02124075", "n01440764"), names(list.split("\\|", -1)).toList());
  }

  @Test
  void keepsNamesThatLookLikeRows() throws InvalidSourceException {
    assertEquals(List.of("0", "1"), names("0 zero", "1 one").toList());
    assertEquals(List.of("7", "3"), names("7 seven", "3 three").toList());
    assertEquals(List.of("zero", "one"), names("0: zero", "1: one").toList());
    assertEquals(List.of("a,b", "c"), names("a,b", "c").toList());
    assertEquals(List.of("cat", "", "dog"), names("cat", "", "dog").toList());
    assertEquals(List.of("class"), names("class").toList());
  }

  @Test
  void keepsLineNumbersAndWholeLines() throws InvalidSourceException {
    assertEquals(
        List.of(
            new NameList.Name(2, "great", "great dane", ""),
            new NameList.Name(3, "cat", "cat, big", "")),
        NameList.parse("list", "class\ngreat dane\ncat, big"));
    assertEquals(
        new NameList.Name(3, "n01440764", "n01440764 tench", ""),
        NameList.parse("list", "\"x\"\n\"n02124075 cat\"\n\"n01440764 tench\"").get(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n02124075 Egyptian cat|n01440764 tench, fish",
        "n02124075, Egyptian cat|n01440764, tench, fish",
        "n02124075,Egyptian cat|n01440764,\"tench, fish\"",
        "wnid,name,kind|n02124075,Egyptian cat,|n01440764,tench,fish",
        "\"n02124075\",\"Egyptian cat\"|\"n01440764\",\"tench, fish\"",
        "0,n02124075,Egyptian cat|1,n01440764,\"tench, fish\"",
        "0 n02124075 Egyptian cat|1 n01440764 tench, fish",
        "1: n02124075 Egyptian cat|2: n01440764 tench, fish"
      })
  void findsTitlesOfClasses(String list) throws InvalidSourceException {
    assertEquals(
        List.of("Egyptian cat", "tench, fish"),
        NameList.parse("list", list.replace('|', '\n')).stream()
            .map(NameList.Name::title)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name|dane|cat",
        "classes|dane|cat",
        "id|dane|cat",
        "class,kingdom|dane,animal|cat,animal",
        "class,kingdom|dane dog,animal|cat big,animal"
      })
  void skipsHeaders(String list) throws InvalidSourceException {
    assertEquals(List.of("dane", "cat"), names(list.split("\\|")).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"0\": [\"n01440764\", \"tench\"]}", "{0: 'tench',\n 1: 'x'}", "[\"a\"]"})
  void refusesOtherFiles(String text) {
    InvalidSourceException refusal =
        assertThrows(InvalidSourceException.class, () -> NameList.parse("list", text));

    assertTrue(refusal.getMessage().startsWith("list is JSON or Python"), refusal.getMessage());
  }
}
