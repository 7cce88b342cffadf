using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Catalog.Execution;

/// <summary>What a name stands for when an agent sends arguments that no tool declares.</summary>
public sealed class CallValuesTests
{
    private static readonly ToolManifest Manifest = ManifestReader.ReadTool(
        "t.yaml",
        """
        tool: t
        effect: write
        footprint: { writes: [ "mcp:a/{name}" ] }
        prepare: [ { call: read, save: before, when: "{never?}" } ]
        reverse: { steps: [ { call: { tool: write, arguments: { a: "{before}" } }, save: after } ] }
        """).Manifest!;

    [Theory]
    [InlineData("database", "ours.db")] // the profile says it
    [InlineData("cluster", null)] // the profile says it, and it is not to be had
    [InlineData("before", null)] // a step saves it, and was not done
    [InlineData("after", null)]
    public void An_argument_stands_for_nothing_that_the_profile_gives_or_a_step_saves(string name, string? expected) =>
        Assert.Equal(expected ?? "absent", Filled(name));

    [Theory]
    [InlineData("name")]
    [InlineData("context")]
    public void An_argument_stands_for_itself_and_above_a_value_that_gives_way(string name) => Assert.Equal("sent", Filled(name));

    /// <summary>What follows from a name that is no argument is decided by the manifest alone: by <c>?</c>, by its default, or by what the profile gives.</summary>
    [Theory]
    [InlineData("name", "sent")]
    [InlineData("other", null)]
    [InlineData("context", "here")]
    public void An_argument_that_the_tool_does_not_declare_stands_for_nothing(string name, string? expected)
    {
        var arguments = JsonElement.Parse("""{"name":"sent","other":"sent","context":"sent"}""");
        var values = ValuesOf(Manifest with { ArgumentNames = ["name"] }, arguments);

        Assert.Equal(expected ?? "absent", Fill(values, name));
        Assert.Equal(expected ?? "", string.Concat(Assert.IsType<TextResult.Filled>(TextTemplate.Parse($"{{{name}?}}").Fill(values)).Texts));
    }

    [Fact]
    public void A_value_that_gives_way_is_what_it_is_without_an_argument() => Assert.Equal("here", Filled("context", "{}"));

    [Fact]
    public void What_was_saved_is_found() =>
        Assert.Equal("kept", Fill(Values(Sent).With("before", JsonSerializer.SerializeToElement("kept")), "before"));

    private const string Sent =
        """{"database":"sent","cluster":"sent","before":"sent","after":"sent","name":"sent","context":"sent"}""";

    private static string Filled(string name, string arguments = Sent) => Fill(Values(arguments), name);

    private static string Fill(TemplateValues values, string name) =>
        Assert.Single(Assert.IsType<TextResult.Filled>(TextTemplate.Parse($"{{{name}=absent}}").Fill(values)).Texts);

    private static TemplateValues Values(string arguments) => ValuesOf(Manifest, JsonElement.Parse(arguments));

    private static TemplateValues ValuesOf(ToolManifest manifest, JsonElement arguments)
    {
        var profile = ManifestReader.ReadProfile(
            "profile.yaml",
            """
            profile: p
            package: server
            values:
              database: { argument: 0 }
              cluster: { argument: 1 }
              context: { literal: here, overridable: true }
            """).Manifest!;
        var server = new ForeignServer("s", OwnName: null, Profile: null, ["npx", "server", "ours.db"], WorkingDirectory: "/srv");
        return new CallValues(server, profile, new FilePaths(), new ProfileValues(new NoPrograms())).Of(manifest, arguments);
    }

    private sealed class NoPrograms : IProgramRunner
    {
        public ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No program is asked for.");
    }
}
