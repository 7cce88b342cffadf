using System.Text;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>The manifest by which a write was captured, kept beside its capture: it takes the write back, whatever the catalog says by then.</summary>
/// <remarks>One line before the capture's own words names the two texts, which lie among the capture's contents.</remarks>
/// <param name="Manifest">The manifest's text.</param>
/// <param name="Profile">Its profile's text.</param>
public sealed record CaptureEnvelope(ContentId Manifest, ContentId Profile)
{
    private const string Head = "#manifest 1 ";
    private const int LineLength = 12 + ContentId.DigitCount + 1 + ContentId.DigitCount + 1;

    /// <summary>Puts the manifest beside a capture.</summary>
    public static Capture Around(Capture capture, Content manifest, Content profile)
    {
        var line = Encoding.ASCII.GetBytes($"{Head}{manifest.Id} {profile.Id}\n");
        return new Capture((byte[])[.. line, .. capture.ManifestUtf8.Span], [.. capture.Contents, manifest, profile]);
    }

    /// <summary>Which manifest lies beside a capture; null where none does.</summary>
    public static CaptureEnvelope? Of(Capture capture)
    {
        if (capture.ManifestUtf8.Length < LineLength)
        {
            return null;
        }

        var line = Encoding.ASCII.GetString(capture.ManifestUtf8.Span[..LineLength]);
        return line.StartsWith(Head, StringComparison.Ordinal)
            && line.TrimEnd('\n').Split(' ') is [_, _, var first, var second]
            && ContentId.TryParse(first) is { } manifest && ContentId.TryParse(second) is { } profile
                ? new CaptureEnvelope(manifest, profile)
                : null;
    }

    /// <summary>The capture alone.</summary>
    public static Capture Inside(Capture capture) => Of(capture) is { } envelope
        ? new Capture(
            capture.ManifestUtf8[LineLength..],
            [.. capture.Contents.Where(content => content.Id != envelope.Manifest && content.Id != envelope.Profile)])
        : capture;

    /// <summary>The same of what is known of a call.</summary>
    public static Captured Inside(Captured captured) => captured with { Before = Inside(captured.Before) };

    /// <summary>The same of the later write that a write goes beneath.</summary>
    public static WriteEffect Inside(WriteEffect effect) =>
        effect.Beneath is { } later ? effect with { Beneath = Inside(later) } : effect;

    /// <summary>The same of the later writes that a read must not see.</summary>
    public static ReadEffect Inside(ReadEffect effect) => effect.Hidden.IsEmpty
        ? effect
        : effect with { Hidden = [.. effect.Hidden.Select(static write => write with { Captured = Inside(write.Captured) })] };
}
