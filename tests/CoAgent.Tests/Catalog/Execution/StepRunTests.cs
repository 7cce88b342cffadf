using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Catalog.Execution;

/// <summary>What programs are given by steps, whatever arguments hold; the test is the programs.</summary>
public sealed class StepRunTests : IServerCalls, IProgramRunner, IContentSource
{
    private const string Odd = "a b\n$(touch x) ; '\"";

    private readonly List<ProgramStart> _started = [];

    [Theory]
    [InlineData("run: [cat, \"{a}\", \"{list[]}\", \"-{a}-\"]")]
    [InlineData("run: [cat, \"{a}\", one, two, \"-{a}-\"]\n    environment: { A: \"{a}\" }\n    input: \"{a}\"")]
    public async Task An_element_is_one_argument_whatever_it_holds(string step)
    {
        Assert.IsType<StepsEnd.Done>(await RunAsync(step, new { a = Odd, list = new[] { "one", "two" } }));

        var start = Assert.Single(_started);
        Assert.Equal(["cat", Odd, "one", "two", $"-{Odd}-"], start.Arguments.AsEnumerable());
        Assert.True(start.Environment.IsEmpty || (start.Environment["A"] == Odd && Encoding.UTF8.GetString(start.Input.Span) == Odd));
    }

    [Theory]
    [InlineData("run: [cat, \"{a}\"]")]
    [InlineData("run: [cat]\n    environment: { A: \"{a}\" }")]
    [InlineData("script: cat\n    environment: { A: \"{a}\" }")]
    public async Task What_no_program_can_be_given_runs_none(string step)
    {
        Assert.IsType<StepsEnd.Failed>(await RunAsync(step, new { a = "x\0y" }));

        Assert.Empty(_started);
    }

    [Fact]
    public async Task What_is_no_argument_may_hold_anything()
    {
        Assert.IsType<StepsEnd.Done>(await RunAsync("run: [cat]\n    input: \"{a}\"", new { a = "x\0y" }));

        Assert.Equal("x\0y", Encoding.UTF8.GetString(Assert.Single(_started).Input.Span));
    }

    [Fact]
    public async Task A_program_of_which_no_word_is_left_is_none()
    {
        Assert.IsType<StepsEnd.Failed>(await RunAsync("run: [\"{program?}\"]", new { a = "x" }));

        Assert.Empty(_started);
    }

    public ValueTask<Runtime.Tools.Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("No step here calls a tool.");

    public ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken)
    {
        _started.Add(start);
        return ValueTask.FromResult<ProgramEnd>(new ProgramEnd.Exited(0, ReadOnlyMemory<byte>.Empty, Errors: ""));
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing was captured.");

    private async Task<StepsEnd> RunAsync(string step, object arguments)
    {
        var (manifest, faults) = ManifestReader.ReadTool("t.yaml", $"tool: t\neffect: read\nprepare:\n  - {step}\n");
        Assert.True(manifest is not null, string.Join('\n', faults));
        var server = new ForeignServer("s", OwnName: null, Profile: null, ["s"], "/");
        var call = new NamedCall(new CallId(1), AgentId.Create("a"), new ToolRequest("s", "t", "{}"u8.ToArray()));
        var ports = new ExecutionPorts(this, this, new FilePaths(), [], this, TimeProvider.System);
        var values = new TemplateValues(JsonSerializer.SerializeToElement(arguments), new FilePaths(), ImmutableArray<string>.Empty);
        return await new StepRun(server, call, ports).RunAsync(manifest.Prepare, values, CancellationToken.None);
    }
}
