using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Tests.Catalog.Templates;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Catalog.Manifests;

public sealed class ManifestWriterTests
{
    private const string Commented =
        """
        # Who wrote it.
        tool: a   # as the server calls it

        # It is read.
        effect: read
        footprint:
          # Both of them.
          reads: [ "mcp:a/*",
                   mcp:b ]

        # Never mind.
        cannot: |
          # This is text.
          Everything.
        # The end.

        """;

    private static readonly string[] s_shipped =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, CatalogFolders.Name), "*.yaml", SearchOption.AllDirectories)
            .Where(static file => Path.GetFileName(file) != "profile.yaml" && Path.GetFileName(Path.GetDirectoryName(file)) != "commands")];

    [Fact]
    public void What_is_written_unchanged_is_the_same_byte_for_byte()
    {
        Assert.NotEmpty(s_shipped);
        Assert.All(s_shipped.Select(File.ReadAllText).Append(Commented).Append(Commented.ReplaceLineEndings("\r\n")).Append("{ tool: a, effect: read }"),
            static text => Assert.Same(text, ManifestWriter.Write(Read(text), text)));
    }

    [Fact]
    public void What_is_written_anew_is_read_as_the_same() => Assert.All(s_shipped.Select(File.ReadAllText), static text =>
    {
        var written = ManifestWriter.Write(Read(text));
        Assert.Equal(written, ManifestWriter.Write(Read(written)));
        Assert.Equal<FootprintEntry>([.. Read(text).Reads, .. Read(text).Writes], [.. Read(written).Reads, .. Read(written).Writes]);
        Assert.Equal(
            Read(text).Examples.Select(static example => JsonElement.Parse(example.Arguments.GetRawText())),
            Read(written).Examples.Select(static example => example.Arguments),
            JsonElement.DeepEquals);
    });

    [Fact]
    public void A_changed_member_changes_its_own_lines_only()
    {
        Assert.Equal(
            Commented.Replace("effect: read", "effect: live-read", StringComparison.Ordinal),
            Changed(static manifest => manifest with { Effect = ToolEffect.LiveRead }));
        Assert.Equal(
            Commented.Replace("cannot: |\n  # This is text.\n  Everything.\n", "cannot: Nothing\n", StringComparison.Ordinal),
            Changed(static manifest => manifest with { Cannot = "Nothing" }));
    }

    [Fact]
    public void A_member_that_comes_stands_behind_those_that_precede_it_and_one_that_goes_takes_its_lines()
    {
        Assert.Equal(
            Commented.Replace("mcp:b ]\n", "mcp:b ]\nreread: true\n", StringComparison.Ordinal),
            Changed(static manifest => manifest with { CanReread = true }));
        Assert.Equal(
            Commented.Replace("cannot: |\n  # This is text.\n  Everything.\n", "", StringComparison.Ordinal),
            Changed(static manifest => manifest with { Cannot = null }));
    }

    [Fact]
    public void Line_ends_stay_what_they_are_and_a_last_line_without_one_gets_it()
    {
        Assert.Equal("tool: a\r\neffect: read\r\nreread: true\r\n", Written("tool: a\r\neffect: read\r\n"));
        Assert.Equal("tool: a\neffect: read\nreread: true\n", Written("tool: a\neffect: read"));
        Assert.Contains("\nreread: true\n", Written("{ tool: a, effect: read }"), StringComparison.Ordinal);

        static string Written(string text) => ManifestWriter.Write(Read(text) with { CanReread = true }, text);
    }

    [Fact]
    public void Whatever_texts_hold_is_read_as_it_was_written() => Hostile.ForAll(static random =>
    {
        var (name, text) = ($"n{Whole(random)}", Whole(random));
        var escaped = text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        var manifest = new ToolManifest
        {
            Tool = name,
            Effect = ToolEffect.Read,
            Description = name + "\n" + text,
            Prepare =
            [
                new Step.Script($"x{text}\n") { Files = ImmutableSortedDictionary<string, TextTemplate>.Empty.Add("f", TextTemplate.Parse(escaped)) },
                new Step.Run([TextTemplate.Parse("a"), TextTemplate.Parse(escaped)]) { Save = "s", AllowsFailure = true },
            ],
            Examples = [new ManifestExample(name, JsonSerializer.SerializeToElement(new Dictionary<string, object> { [text] = new[] { text, name } }))],
        };
        var read = Read(ManifestWriter.Write(manifest));

        Assert.Equal((manifest.Tool, manifest.Description), (read.Tool, read.Description));
        Assert.Equal($"x{text}\n", Assert.IsType<Step.Script>(read.Prepare[0]).Text);
        Assert.Equal(escaped, Assert.IsType<Step.Run>(read.Prepare[1]).Arguments[1].Source);
        Assert.True(JsonElement.DeepEquals(manifest.Examples[0].Arguments, read.Examples[0].Arguments));
    });

    [Fact]
    public void A_manifest_that_no_reader_would_take_is_not_written() => Assert.Throws<ArgumentException>(
        static () => ManifestWriter.Write(new ToolManifest { Tool = "a", Effect = ToolEffect.Write, Writes = [new FootprintEntry(TextTemplate.Parse("mcp:a"), When: null)] }));

    private static string Changed(Func<ToolManifest, ToolManifest> change) => ManifestWriter.Write(change(Read(Commented)), Commented);

    private static string Whole(Random random)
    {
        var text = Hostile.Text(random);
        return TemplateText.IsWhole(text) ? text : "";
    }

    private static ToolManifest Read(string text)
    {
        var reading = ManifestReader.ReadTool("a.yaml", text);
        Assert.True(reading.Manifest is not null, $"{string.Join('\n', reading.Faults)}\n{text}");
        return reading.Manifest;
    }
}
