using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Texts;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Catalog.Schemas;

/// <summary>
/// The schemas that editors go by and the reader say the same of a document: of whole ones, and of each that is made of them by one change at one place.
/// What schemas cannot say (whether a text is a template, what its names mean, names that are saved twice) is the reader's alone, and no change here makes it.
/// </summary>
public sealed class SchemaTests
{
    private const string ByState = """
        {
          "tool": "t", "description": "d", "effect": "write", "write": "blind", "replay": "never", "state": "files", "with": { "leaves": [ { "path": "{p}" } ] },
          "footprint": { "reads": [ "mcp:a/{x[]}" ], "writes": [ "file:{p}", { "id": "file:{p|parent}/*", "when": "!{p|exists}" } ] },
          "cannot": "c"
        }
        """;

    private const string BySteps = """
        {
          "tool": "t", "effect": "write", "reread": true, "normalize": [ "a[].b" ], "input": { "type": "object" },
          "footprint": { "writes": [ "mcp:a/{x}" ] },
          "prepare": [ { "call": "read", "save": "before" } ],
          "exec": [ { "run": [ "cat", "{p?}" ], "environment": { "A": "{b}" }, "input": "{c}", "save": "is", "when": "{p}", "allow-failure": true } ],
          "reverse": {
            "idempotent": false,
            "guard": [ { "call": { "tool": "read", "arguments": { "x": [ "{x}" ] } }, "when": "{x} == a", "allow-failure": false, "save": "now" } ],
            "steps": [ { "script": "echo", "environment": { "A": "{b}" }, "files": { "f": "{before|json}" }, "save": "s", "when": "!{x}", "allow-failure": true } ]
          },
          "examples": [ { "name": "n", "arguments": { "x": 1 }, "files": { "a/b.txt": "one" }, "setup": [ { "call": "a" } ], "outside": [ { "run": [ "b" ] } ] } ]
        }
        """;

    private const string Profile = """
        {
          "profile": "p", "servers": [ "s" ], "package": "@x/p", "version": "1.10", "description": "d", "start": [ "npx", "{root}" ],
          "environment": { "A": "{root}/a" }, "paths": "arguments",
          "values": {
            "n": { "literal": [ 1 ], "overridable": true }, "e": { "environment": "HOME", "default": "none", "overridable": false },
            "r": { "run": [ "kubectl", "x" ], "overridable": true }, "a": { "argument": 0, "overridable": true }
          },
          "state": [
            { "call": { "tool": "read", "arguments": { "x": [ "{root}" ] } }, "when": "{root} == a", "allow-failure": false, "save": "now" },
            { "script": "echo", "environment": { "A": "{root}" }, "files": { "f": "{root|json}" }, "save": "s", "when": "!{root}", "allow-failure": true },
            { "run": [ "cat", "{root?}" ], "environment": { "A": "{root}" }, "input": "{root}", "save": "is", "when": "{root}", "allow-failure": true },
            { "call": "read" }
          ]
        }
        """;

    private static readonly string[] s_others =
        ["\"text\"", "\"\"", "5", "1.5", "-1", "true", "null", "[]", "{}", "[\"a\"]", "[{}]", "[[]]", "[null]", "{\"a\":\"b\"}", "{\"a\":[]}", "\"write\"", "\"mcp:a\"", "\"file:a\"", "\"{root}\""];

    [Theory]
    [InlineData("manifest.schema.json", ByState)]
    [InlineData("manifest.schema.json", BySteps)]
    [InlineData("profile.schema.json", Profile)]
    public void One_change_at_any_place_is_judged_alike(string schema, string whole)
    {
        var check = Schema(schema);
        var judged = new HashSet<bool>();
        Assert.All(Changed(JsonNode.Parse(whole)!).Prepend(whole), text =>
        {
            var (faults, holds) = (FaultsOf(schema, text), check.Holds(JsonElement.Parse(text)));
            judged.Add(holds);
            Assert.True(holds == faults.IsEmpty, $"{schema} {(holds ? "takes" : "refuses")} it, the reader says \"{string.Join(' ', faults)}\": {text}");
        });
        Assert.Equal(2, judged.Count);
        Assert.Empty(FaultsOf(schema, whole));
    }

    [Theory]
    [InlineData("manifest.schema.json", new[] { ByState, BySteps })]
    [InlineData("profile.schema.json", new[] { Profile })]
    public void Every_member_of_a_schema_is_said_by_a_whole_document_and_explained(string schema, string[] wholes)
    {
        var check = Schema(schema, out var root);
        Assert.All(wholes, whole => Assert.True(check.Holds(JsonElement.Parse(whole))));
        Assert.All(Members(root), member =>
        {
            Assert.True(check.HasVisited(member.Value), $"no document here has {member.Name}");
            Assert.True(member.Value.TryGetProperty("description", out _), $"{member.Name} has no description");
        });
    }

    [Theory]
    [InlineData("tool: a\neffect: read\nfootprint: { reads: [mcp:a, no id] }\n", false)]
    [InlineData("tool: a\neffect: read\nexamples: [ { name: a, arguments: { x: no } } ]\n", true)]
    [InlineData("tool: a\neffect: irreversible\nfootprint: { writes: [\"file:/**\"] }\n", true)]
    [InlineData("tool: a\neffect: write\nfootprint: { writes: [] }\n", true)]
    [InlineData("tool: a\neffect: write\nstate: sqlite\n", true)]
    [InlineData("tool: a\neffect: write\nstate: sqlite\nfootprint: { writes: [ { id: \"file:{x}\" } ] }\n", false)]
    [InlineData("tool: a\neffect: write\nstate: files\nprepare: []\n", true)]
    [InlineData("tool: a\neffect: write\nreverse: { steps: [] }\nfootprint: { writes: [\"file:a\"] }\n", false)]
    public void What_several_members_say_together_is_judged_alike(string yaml, bool isGood)
    {
        var map = ManifestText.Parse(yaml, new ManifestFindings("a.yaml"))!;
        Assert.Equal(isGood, Schema("manifest.schema.json").Holds(JsonElement.Parse(map.ToJson())));
        Assert.Equal(isGood, ManifestReader.ReadTool("a.yaml", yaml).Faults.IsEmpty);
    }

    [Fact]
    public void Every_shipped_file_is_as_its_schema_says_and_names_it()
    {
        var folder = Path.Combine(Repository.Root, CatalogFolders.Name);
        // The rules of commands are no manifests.
        string[] files = [.. Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Where(static file => Path.GetFileName(Path.GetDirectoryName(file)) != "commands")];
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var (text, schema) = (File.ReadAllText(file), Path.GetFileName(file) == "profile.yaml" ? "profile.schema.json" : "manifest.schema.json");
            Assert.StartsWith($"# yaml-language-server: $schema=../{schema}\n", text, StringComparison.Ordinal);
            var json = ManifestText.Parse(text, new ManifestFindings(file))!.ToJson();
            Assert.True(Schema(schema).Holds(JsonElement.Parse(json)), $"{file} is not as {schema} says");
        });
    }

    private static JsonSchemaCheck Schema(string name) => Schema(name, out _);

    private static JsonSchemaCheck Schema(string name, out JsonElement root)
    {
        root = JsonElement.Parse(File.ReadAllText(Path.Combine(Repository.Root, CatalogFolders.Name, name)));
        return new JsonSchemaCheck(root);
    }

    private static ImmutableArray<CatalogFault> FaultsOf(string schema, string text) => schema.StartsWith("profile", StringComparison.Ordinal)
        ? ManifestReader.ReadProfile("profile.yaml", text).Faults
        : ManifestReader.ReadTool("a.yaml", text).Faults;

    /// <summary>The documents that differ by one value that is another, one member that is missing, or one that nobody knows.</summary>
    private static IEnumerable<string> Changed(JsonNode whole)
    {
        var places = Places(whole).ToList();
        foreach (var place in places)
        {
            var (parent, original) = (place.Parent, place.DeepClone());
            foreach (var other in s_others.Where(_ => parent is not null))
            {
                yield return With(whole, place, JsonNode.Parse(other));
            }

            if (parent is JsonObject members)
            {
                yield return Without(whole, members, place.GetPropertyName());
            }

            if (place is JsonObject map)
            {
                map.Add("unheard", "of");
                yield return whole.ToJsonString();
                map.Remove("unheard");
            }

            if (place is JsonArray list && list.Count > 0)
            {
                while (list.Count <= ManifestReader.EntriesMax)
                {
                    list.Add(list[0]!.DeepClone());
                }

                yield return whole.ToJsonString();
                while (list.Count > original.AsArray().Count)
                {
                    list.RemoveAt(list.Count - 1);
                }
            }
        }
    }

    private static string With(JsonNode whole, JsonNode place, JsonNode? other)
    {
        // A placeholder's text stands for the place: what is put there may be null, which has no place of its own.
        const string Mark = "\uFFFC";
        var mark = JsonValue.Create(Mark);
        place.ReplaceWith(mark);
        var text = whole.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        mark.ReplaceWith(place);
        return text.Replace($"\"{Mark}\"", other?.ToJsonString() ?? "null", StringComparison.Ordinal).Replace("\"\\uFFFC\"", other?.ToJsonString() ?? "null", StringComparison.Ordinal);
    }

    private static string Without(JsonNode whole, JsonObject members, string name)
    {
        var (at, value) = (members.IndexOf(name), members[name]);
        members.Remove(name);
        var text = whole.ToJsonString();
        members.Insert(at, name, value);
        return text;
    }

    private static IEnumerable<JsonNode> Places(JsonNode node) => (node switch
    {
        JsonObject map => map.Select(static member => member.Value!).SelectMany(Places),
        JsonArray list => list.Select(static item => item!).SelectMany(Places),
        _ => [],
    }).Prepend(node);

    private static IEnumerable<JsonProperty> Members(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().SelectMany(keyword => keyword.Name switch
        {
            "properties" => keyword.Value.EnumerateObject().SelectMany(static member => Members(member.Value).Prepend(member)),
            "if" or "then" or "dependentSchemas" or "dependentRequired" => [],
            _ => Members(keyword.Value),
        }),
        JsonValueKind.Array => schema.EnumerateArray().SelectMany(Members),
        _ => [],
    };
}
