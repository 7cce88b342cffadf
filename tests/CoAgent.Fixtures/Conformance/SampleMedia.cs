using System.Text;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The smallest picture and the smallest sound that are well formed.</summary>
internal static class SampleMedia
{
    /// <summary>A PNG of one red pixel.</summary>
    public static byte[] RedPixel { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    /// <summary>A WAV of no samples: mono, 8 bit, 8 kHz.</summary>
    public static byte[] Silence { get; } = BuildSilence();

    private static byte[] BuildSilence()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.ASCII);
        writer.Write("RIFF"u8);
        writer.Write(36);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(8000);
        writer.Write(8000);
        writer.Write((short)1);
        writer.Write((short)8);
        writer.Write("data"u8);
        writer.Write(0);
        writer.Flush();
        return bytes.ToArray();
    }
}
