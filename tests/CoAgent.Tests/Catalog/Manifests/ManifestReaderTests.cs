using System.Globalization;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Tests.Catalog.Manifests;

public sealed class ManifestReaderTests
{
    private const string Whole =
        """
        # A comment.
        tool: delete_entities
        description: >-
          Deletes entities
          with their relations.
        effect: write
        write: blind
        replay: never
        footprint:
          reads: [ "mcp:memory/relations/*" ]
          writes:
            - "mcp:memory/entities/{entityNames[]}"
            - { id: "mcp:memory/entities/*", when: "{entityNames}" }
        prepare:
          - call: { tool: open_nodes, arguments: { names: "{entityNames}", depth: 1.50, all: yes, none: ~ } }
            save: before
          - run: [cat, "{path?}", 5]
            environment: { A: "{b}" }
            input: "{c}"
            allow-failure: true
        reverse:
          idempotent: false
          guard: [ { call: read_graph } ]
          steps:
            - script: |
                echo "{no template}"
              environment: { NAME: "{name}" }
              files: { before.json: "{before|json}" }
              when: "{before.entities}"
        reread: true
        normalize: [ generatedAt, "items[].durationMs" ]
        cannot: Everything.
        examples:
          - name: two
            files: { "a.txt": "one" }
            setup: [ { call: { tool: create_entities, arguments: {} } } ]
            arguments: { entityNames: [Alice, 007, 0x10, .5, "1", true, No] }
            outside: [ { call: read_graph } ]

        """;

    [Fact]
    public void Everything_that_a_manifest_says_is_read()
    {
        var manifest = Good(Whole);

        Assert.Equal(("delete_entities", "Deletes entities with their relations.", ToolEffect.Write, WriteKind.Blind), (manifest.Tool, manifest.Description, manifest.Effect, manifest.Write));
        Assert.Equal((false, true, "Everything."), (manifest.IsReplaySafe, manifest.CanReread, manifest.Cannot));
        Assert.Equal(["mcp:memory/relations/*"], manifest.Reads.Select(static entry => entry.Id.Source));
        Assert.Equal([null, "{entityNames}"], manifest.Writes.Select(static entry => entry.When?.Source));
        var call = Assert.IsType<Step.Call>(manifest.Prepare[0]);
        Assert.Equal(("open_nodes", "before", false), (call.Tool, call.Save, call.AllowsFailure));
        Assert.Equal("""{"names":"{entityNames}","depth":1.50,"all":"yes","none":null}""", call.Arguments.Source);
        var run = Assert.IsType<Step.Run>(manifest.Prepare[1]);
        Assert.Equal(["cat", "{path?}", "5"], run.Arguments.Select(static argument => argument.Source));
        Assert.Equal(("{b}", "{c}", true), (run.Environment["A"].Source, run.Input?.Source, run.AllowsFailure));
        Assert.False(manifest.Reverse!.IsIdempotent);
        Assert.Equal("{}", Assert.IsType<Step.Call>(manifest.Reverse.Guard[0]).Arguments.Source);
        var script = Assert.IsType<Step.Script>(manifest.Reverse.Steps[0]);
        Assert.Equal(("echo \"{no template}\"\n", "{name}", "{before|json}", "{before.entities}"), (script.Text, script.Environment["NAME"].Source, script.Files["before.json"].Source, script.When?.Source));
        Assert.Equal(["generatedAt", "items[].durationMs"], manifest.Normalize.Select(static path => path.Source));
        var example = Assert.Single(manifest.Examples);
        Assert.Equal("""{"entityNames":["Alice",7,16,0.5,"1",true,"No"]}""", example.Arguments.GetRawText());
        Assert.Equal(("two", "one", 1, 1), (example.Name, example.Files["a.txt"], example.Setup.Length, example.Outside.Length));
    }

    [Theory]
    [InlineData("setup", "name")]
    [InlineData("outside", "name")]
    [InlineData("setup", null)]
    public void In_the_steps_of_an_example_the_trial_folder_alone_has_a_name(string member, string? name)
    {
        var (manifest, faults) = ManifestReader.ReadTool(
            "t.yaml",
            $$"""
            tool: t
            effect: read
            examples:
              - name: one
                {{member}}:
                  - call: { tool: read, arguments: { path: "{root}/a" } }
                  - run: [cat, "{{{name ?? "root"}}}"]
            """);

        Assert.Equal(name is null, manifest is not null);
        Assert.Equal(
            name is null ? [] : [("names name; in a trial {root}, its folder, is all that has a name.", $"examples[0].{member}[1].run[1]", 7)],
            faults.Select(static fault => (fault.Message, fault.Key, fault.Line ?? 0)));
    }

    [Fact]
    public void What_starts_a_trial_names_its_folder_alone()
    {
        var (_, faults) = ManifestReader.ReadProfile(
            "p.yaml", "profile: p\nstart: [\"{root}\", \"{home}\"]\nenvironment: { A: \"{root}/{b}\" }\nstate: [ { call: { tool: t, arguments: { c: \"{c}\" } } } ]\n");

        Assert.Equal(["start[1]", "environment.A", "state[0].call.arguments"], faults.Select(static fault => fault.Key));
    }

    [Fact]
    public void Everything_that_a_profile_says_is_read()
    {
        var profile = ManifestReader.ReadProfile("profile.yaml", """
            profile: p
            servers: [one, two]
            package: "@x/p"
            version: 1.10
            description: D.
            start: [npx, "{root}"]
            environment: { A: "{root}/a" }
            paths: arguments
            values:
              n: { literal: [1, x] }
              e: { environment: HOME, default: none }
              r: { run: [kubectl, config] }
              a: { argument: 0 }
            state: [ { call: read_graph } ]
            """).Manifest!;

        Assert.Equal(("p", "@x/p", "1.10", "D.", PathOrigin.Arguments), (profile.Profile, profile.Package, profile.Version, profile.Description, profile.Paths));
        Assert.Equal("one two", string.Join(' ', profile.Servers));
        Assert.Equal("""[1,"x"]""", Assert.IsType<ProfileValue.Literal>(profile.Values["n"]).Value.GetRawText());
        Assert.Equal(new ProfileValue.Environment("HOME", "none"), profile.Values["e"]);
        Assert.Equal("kubectl config", string.Join(' ', Assert.IsType<ProfileValue.Run>(profile.Values["r"]).Arguments));
        Assert.Equal(new ProfileValue.Argument(0), profile.Values["a"]);
        Assert.Equal(("npx", "{root}/a", 1), (profile.Start[0].Source, profile.Environment["A"].Source, profile.State.Length));
    }

    [Theory]
    [InlineData("effect: read\n", 1, "tool", "is missing")]
    [InlineData("tool: a\n", 1, "effect", "is missing")]
    [InlineData("tool: a\neffekt: read\n", 2, "effekt", "Did you mean \"effect\"?")]
    [InlineData("tool: a\neffect: maybe\n", 2, "effect", "must be one of read, live-read, write, irreversible")]
    [InlineData("tool: a\neffect: read\nreread: no\n", 3, "reread", "must be true or false")]
    [InlineData("tool: [a]\neffect: read\n", 1, "tool", "must be a text and is a list")]
    [InlineData("tool:\neffect: read\n", 1, "tool", "must be a text and is empty")]
    [InlineData("tool: a\ntool: b\neffect: read\n", 2, "tool", "is there twice")]
    [InlineData("tool: a\neffect: read\nfootprint:\n  reads:\n    - \"mcp:a/{x\"\n", 5, "footprint.reads[0]", "")]
    [InlineData("tool: a\neffect: read\nfootprint:\n  reads: [ \"no id\" ]\n", 4, "footprint.reads[0]", "")]
    [InlineData("tool: a\neffect: read\nfootprint:\n  reads: [ { when: \"{a}\" } ]\n", 4, "footprint.reads[0].id", "is missing")]
    [InlineData("tool: a\neffect: write\nfootprint: { writes: [ \"mcp:a\" ] }\n", 1, "reverse", "is missing")]
    [InlineData("tool: a\neffect: write\nfootprint: { writes: [ \"file:{p}\" ] }\nreverse: { steps: [] }\n", 1, "state", "must be files")]
    [InlineData("tool: a\neffect: write\nstate: files\nreverse: { steps: [] }\n", 3, "state", "leave out prepare and reverse")]
    [InlineData("tool: a\neffect: read\nwith: { a: b }\n", 3, "with", "say which")]
    [InlineData("tool: a\neffect: read\nprepare: [ { run: [a], call: b } ]\n", 3, "prepare[0]", "must have one of run, script, call")]
    [InlineData("tool: a\neffect: read\nprepare: [ { run: [] } ]\n", 3, "prepare[0].run", "must have the program")]
    [InlineData("tool: a\neffect: read\nprepare: [ { call: b, saves: x } ]\n", 3, "prepare[0].saves", "Did you mean \"save\"?")]
    [InlineData("tool: a\neffect: read\nprepare: [ { call: b, save: x }, { call: b, save: x } ]\n", 3, "prepare", "saves x twice")]
    [InlineData("tool: a\neffect: read\nprepare: [ { call: b, when: \"{a\" } ]\n", 3, "prepare[0].when", "")]
    [InlineData("tool: a\neffect: read\nprepare: [ { script: x, files: { \"../a\": b } } ]\n", 3, "prepare[0].files", "none of a file")]
    [InlineData("tool: a\neffect: read\nexamples: [ { arguments: [] } ]\n", 3, "examples[0].arguments", "must be a map")]
    [InlineData("tool: &x a\neffect: read\n", 1, "", "an anchor or an alias")]
    [InlineData("tool: !!str a\neffect: read\n", 1, "", "a tag")]
    [InlineData("tool: a\neffect: read\n---\ntool: b\n", 3, "", "a second document")]
    [InlineData("- a\n", 1, "", "is no map")]
    [InlineData("", 1, "", "is no map")]
    [InlineData("tool: [\n", 2, "", "is not YAML")]
    [InlineData("tool: a\n\teffect: read\n", 1, "", "is not YAML")]
    public void What_is_wrong_is_told_with_its_place(string text, int line, string key, string message)
    {
        var reading = ManifestReader.ReadTool("a.yaml", text);

        Assert.Null(reading.Manifest);
        Assert.Contains(reading.Faults, fault => (fault.File, fault.Line, fault.Key) == ("a.yaml", line, key) && fault.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_of_a_file_are_told_at_once() => Assert.Equal(
        ["effect", "footprint.writes[1]", "reread", "examples[0].name", "unheard"],
        ManifestReader.ReadTool("a.yaml", "tool: a\neffect: x\nfootprint: { writes: [ \"mcp:a\", \"a b\" ] }\nreread: 1\nexamples: [ {} ]\nunheard: of\n")
            .Faults.Select(static fault => fault.Key));

    [Theory]
    [InlineData(ManifestText.LevelsMax, true)]
    [InlineData(ManifestText.LevelsMax + 1, false)]
    public void Levels_have_a_limit(int levels, bool isRead)
    {
        // The examples, one of them, its arguments: three levels below the file's map and around the lists.
        var lists = levels - 3;
        var text = $"tool: a\neffect: read\nexamples: [ {{ name: n, arguments: {{ x: {new string('[', lists)}{new string(']', lists)} }} }} ]\n";

        Assert.Equal(isRead, ManifestReader.ReadTool("a.yaml", text).Manifest is not null);
    }

    [Theory]
    [InlineData(ManifestReader.EntriesMax, true)]
    [InlineData(ManifestReader.EntriesMax + 1, false)]
    public void Entries_have_a_limit(int count, bool isRead)
    {
        var entries = string.Join(", ", Enumerable.Range(0, count).Select(static index => $"\"mcp:a/{index.ToString(CultureInfo.InvariantCulture)}\""));

        Assert.Equal(isRead, ManifestReader.ReadTool("a.yaml", $"tool: a\neffect: read\nfootprint: {{ reads: [{entries}] }}\n").Manifest is not null);
    }

    [Fact]
    public void Whatever_a_file_holds_is_read_or_a_fault()
    {
        const string Pieces = " \n\t:-[]{}\"'|>&*!#%@`,?~0aé\0\ud800";
        var random = new Random(1);
        for (var round = 0; round < 3_000; round++)
        {
            var text = new StringBuilder(Whole);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                        break;
                    default:
                        text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 40), text.Length - at)));
                        break;
                }
            }

            var reading = ManifestReader.ReadTool("a.yaml", text.ToString());
            Assert.True(reading.Manifest is null != reading.Faults.IsEmpty, $"round {round}");
        }
    }

    private static ToolManifest Good(string text)
    {
        var reading = ManifestReader.ReadTool("a.yaml", text);
        Assert.Empty(reading.Faults);
        return reading.Manifest!;
    }
}
