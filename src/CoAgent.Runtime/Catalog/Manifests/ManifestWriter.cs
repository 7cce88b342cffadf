using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Writes manifests as people read them; what is written is read as the same (docs/catalog.md, "A manifest").</summary>
public static class ManifestWriter
{
    private const string Schema = "# yaml-language-server: $schema=../manifest.schema.json";
    private const string Unnamed = "manifest";

    /// <summary>The text of a manifest that has none yet.</summary>
    /// <exception cref="ArgumentException">The manifest has a fault: no reader would take it.</exception>
    public static string Write(ToolManifest manifest) =>
        Checked(manifest, string.Concat(ManifestLines.Of(manifest).SelectMany(static member => member.Lines).Prepend(Schema).Select(static line => line + "\n")));

    /// <summary>The text of a manifest that was changed: a member that says the same keeps its lines, and so do comments and the order.</summary>
    /// <remarks>A text whose members do not begin lines of their own (all in braces, say) is written anew.</remarks>
    /// <param name="manifest">What it is to say.</param>
    /// <param name="before">The text as it is.</param>
    /// <exception cref="ArgumentException">The manifest has a fault, or the text was none of a manifest.</exception>
    public static string Write(ToolManifest manifest, string before)
    {
        if (ManifestReader.ReadTool(Unnamed, before) is not { Manifest: { } old })
        {
            throw new ArgumentException("The text before is no manifest.", nameof(before));
        }

        var said = ManifestLines.Of(old).ToImmutableDictionary(static member => member.Name, static member => member.Lines, StringComparer.Ordinal);
        var changed = ManifestLines.Of(manifest).Where(member => !member.Lines.SequenceEqual(said[member.Name], StringComparer.Ordinal)).ToList();
        if (changed.Count == 0)
        {
            return before;
        }

        if (ManifestSplice.TryCreate(before) is not { } splice)
        {
            return Write(manifest);
        }

        ImmutableArray<string> order = [.. ManifestLines.Of(manifest).Select(static member => member.Name)];
        changed.ForEach(member => splice.Put(member.Name, member.Lines, order));
        return Checked(manifest, splice.ToString());
    }

    private static string Checked(ToolManifest manifest, string text)
    {
        var reading = ManifestReader.ReadTool(Unnamed, text);
        if (reading.Manifest is not { } read)
        {
            throw new ArgumentException($"The manifest has a fault: {reading.Faults[0]}", nameof(manifest));
        }

        Invariant.Require(
            ManifestLines.Of(read).Zip(ManifestLines.Of(manifest)).All(static pair => pair.First.Lines.SequenceEqual(pair.Second.Lines, StringComparer.Ordinal)),
            "what was written is read as the same");
        return text;
    }
}
