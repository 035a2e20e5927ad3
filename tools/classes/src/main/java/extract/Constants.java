package extract;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Texts in Druid's classes that look like properties: the net under what is bound and what is read while objects are built. */
final class Constants
{
  private Constants()
  {
  }

  static void find(Dump dump) throws IOException
  {
    for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!jar.endsWith(".jar")) {
        continue;
      }
      try (ZipFile zip = new ZipFile(jar)) {
        for (ZipEntry e : Collections.list(zip.entries())) {
          if (e.getName().endsWith(".class") && e.getName().startsWith(Druid.ROOT.replace('.', '/'))) {
            String owner = e.getName().replace('/', '.').replaceAll("\\.class$", "");
            for (String text : texts(zip.getInputStream(e))) {
              if (text.matches("druid\\.[a-zA-Z][\\w.%$-]*")) {
                dump.note("constant", text, "in", owner);
              }
            }
          }
        }
      }
    }
  }

  /** The UTF-8 entries of a class file's constant pool. */
  private static List<String> texts(InputStream raw) throws IOException
  {
    List<String> texts = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(raw))) {
      in.skipBytes(8);
      int count = in.readUnsignedShort();
      for (int i = 1; i < count; i++) {
        switch (in.readUnsignedByte()) {
          case 1:
            texts.add(in.readUTF());
            break;
          case 5: // long and double take two entries
          case 6:
            in.skipBytes(8);
            i++;
            break;
          case 7:
          case 8:
          case 16:
          case 19:
          case 20:
            in.skipBytes(2);
            break;
          case 15:
            in.skipBytes(3);
            break;
          default:
            in.skipBytes(4);
        }
      }
    }
    return texts;
  }
}
