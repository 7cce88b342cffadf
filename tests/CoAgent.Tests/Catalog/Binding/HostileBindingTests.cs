using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Workspace.Foreign;
using static CoAgent.Tests.Catalog.Templates.Hostile;

namespace CoAgent.Tests.Catalog.Binding;

/// <summary>What arguments hold never becomes another segment, another entry, or a wider or narrower pattern than the manifest's author wrote.</summary>
public sealed class HostileBindingTests
{
    [Fact]
    public void A_text_is_one_segment_and_two_texts_are_two() => ForAll(static random =>
    {
        var (text, other) = (Text(random), Text(random));
        foreach (var (id, extent, depth) in new[]
        {
            ("mcp:memory/entities/{x}", Extent.Node, 3), ("mcp:memory/entities/{x}/*", Extent.Children, 3), ("mcp:{x}/**", Extent.Subtree, 1),
            ("mcp:a-{x}-b/c", Extent.Node, 2), ("k8s:/%2A{x}/{x}", Extent.Node, 2),
        })
        {
            var bound = Writes(id, JsonLiteral.Quote(text));
            if (bound is null)
            {
                Assert.True(text.Length == 0, $"{id} refuses {JsonLiteral.Quote(text)}");
                continue;
            }

            var pattern = Assert.Single(bound);
            Assert.Equal(extent, pattern.Extent);
            Assert.Equal(depth, pattern.Id!.Value[(pattern.Id.Value.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/').Split('/').Length);
            Assert.Equal(pattern, ObjectPattern.Parse(pattern.ToString()));
            Assert.Equal(text == other, Writes(id, JsonLiteral.Quote(other)) is [var same] && same.Overlaps(pattern));
        }
    });

    [Fact]
    public void A_value_of_any_kind_gives_at_most_one_entry_of_the_written_extent() => ForAll(static random =>
    {
        var json = Json(random);
        foreach (var id in (string[])["mcp:a/{x}/**", "mcp:a/{x?}/**", "mcp:a/{x=d}/**", "mcp:a/{x.a?}/**", "mcp:a/{x|json}/**", "mcp:a/{x|lower?}/**"])
        {
            var bound = Writes(id, json) ?? [];
            Assert.True(bound.Length <= 1, $"{id} of {json}");
            Assert.All(bound, static entry => Assert.Equal((Extent.Subtree, 2), (entry.Extent, entry.Id!.Value.Split('/').Length)));
        }
    });

    [Fact]
    public void A_list_gives_one_entry_for_each_element_and_none_of_another_kind() => ForAll(static random =>
    {
        string[] texts = [.. Enumerable.Range(0, random.Next(6)).Select(_ => $"a{Text(random)}")];
        var bound = Writes("mcp:a/{x[]}", $"[{string.Join(",", texts.Select(JsonLiteral.Quote))}]");
        Assert.Equal(
            texts.Distinct(StringComparer.Ordinal).Select(static text => $"mcp:a/{SegmentText.Of(text)}").Order(StringComparer.Ordinal),
            bound!.Select(static pattern => pattern.ToString()).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void A_path_is_one_file_and_a_name_in_it_stays_below_its_directory() => ForAll(static random =>
    {
        var text = Text(random);
        var whole = Writes("file:{x}", JsonLiteral.Quote(text));
        if (text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) && TemplateText.IsWhole(text))
        {
            var path = Path.GetFullPath(text, "/trial/root");
            Assert.Equal([path.TrimEnd('/')], whole!.Select(PathOf));
        }
        else
        {
            Assert.Null(whole);
        }

        foreach (var id in (string[])["file:/base/{x}", "file:/base/{x}/**", "file:/base/pre{x}"])
        {
            var expected = $"/base/{(id.Contains("pre", StringComparison.Ordinal) ? "pre" : "")}{text}";
            Assert.True(Writes(id, JsonLiteral.Quote(text)) is not { } bound || PathOf(Assert.Single(bound)) == expected, $"{id} of {JsonLiteral.Quote(text)}");
        }
    });

    [Fact]
    public void A_link_that_points_outside_is_read_and_what_it_points_at_is_written()
    {
        var root = Directory.CreateTempSubdirectory("coagent-").FullName;
        try
        {
            var (inside, outside) = (Directory.CreateDirectory(Path.Combine(root, "in")).FullName, Directory.CreateDirectory(Path.Combine(root, "out")).FullName);
            File.CreateSymbolicLink(Path.Combine(inside, "link"), outside);
            var values = new TemplateValues(Element("""{"x":"link/secret"}"""), new FilePaths(), [inside]);
            var bound = Assert.IsType<BindResult.Bound>(Binder("file:{x}").Bind(values)).Footprint;
            Assert.Equal([Path.Combine(outside, "secret")], bound.Writes.Select(static write => PathOf(write)));
            Assert.Contains(Path.Combine(inside, "link"), bound.Reads.Select(static read => PathOf(read)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void What_is_too_long_too_deep_or_too_much_for_ids_is_refused()
    {
        var fits = new string('a', ObjectId.CharsMax - "mcp:".Length);
        Assert.NotNull(Writes("mcp:{x}", JsonLiteral.Quote(fits)));
        Assert.Null(Writes("mcp:{x}", JsonLiteral.Quote(fits + "a")));
        Assert.Null(Writes("mcp:{x}", JsonLiteral.Quote(new string('/', 1024 * 1024))));
        Assert.Null(Writes("file:{x}", JsonLiteral.Quote(string.Concat(Enumerable.Repeat("a/", ObjectId.SegmentsMax + 1)))));
        Assert.NotNull(Writes("mcp:{x[]}", Numbers(Footprint.EntriesMax)));
        Assert.Null(Writes("mcp:{x[]}", Numbers(Footprint.EntriesMax + 1)));
    }

    [Fact]
    public void Why_it_cannot_be_bound_is_said_without_what_the_arguments_hold() => ForAll(static random =>
    {
        var text = $"§{Text(random)}/\0";
        foreach (var json in (string[])[JsonLiteral.Quote(text), $"[{JsonLiteral.Quote(text)}]", $"{{{JsonLiteral.Quote(text)}:{{}}}}"])
        {
            foreach (var id in (string[])["mcp:{x.y}", "mcp:{x}", "file:{x}", "file:/{x}", "mcp:{x[].a}"])
            {
                if (Binder(id).Bind(Values("x", json)) is BindResult.NotPossible refused)
                {
                    Assert.DoesNotContain("§", refused.Reason, StringComparison.Ordinal);
                }
            }
        }
    });

    [Fact]
    public void An_undeclared_argument_stands_for_no_value_of_the_profile()
    {
        var values = new TemplateValues(Element("""{"context":"other"}"""), new FilePaths(), ["/"])
        {
            Profile = ImmutableDictionary<string, System.Text.Json.JsonElement>.Empty.Add("context", Element("\"mine\"")),
            ArgumentNames = [],
        };
        Assert.Equal(["k8s:mine"], Assert.IsType<BindResult.Bound>(Binder("k8s:{context}").Bind(values)).Footprint.Writes.Select(static write => write.ToString()));
    }

    private static string Numbers(int count) => $"[{string.Join(",", Enumerable.Range(0, count))}]";

    private static ObjectPattern[]? Writes(string id, string json) =>
        Binder(id).Bind(Values("x", json)) is BindResult.Bound bound ? [.. bound.Footprint.Writes] : null;

    private static FootprintBinder Binder(string id) => new(new ToolManifest
    {
        Tool = "t",
        Effect = ToolEffect.Write,
        Write = WriteKind.Blind,
        Writes = [new FootprintEntry(TextTemplate.Parse(id), When: null)],
    });

    private static string PathOf(ObjectPattern pattern) => string.Concat(
        pattern.Id!.Value["file:/".Length..].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static segment => "/" + SegmentName.TryDecode(segment)));
}
