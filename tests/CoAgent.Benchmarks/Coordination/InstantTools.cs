using System.Text;
using CoAgent.Runtime.Tools;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>Tools that take no time: what is measured then is coordination alone.</summary>
internal sealed class InstantTools : IToolWorld
{
    private static readonly byte[] s_left = Encoding.UTF8.GetBytes("""[{"path":"/repo/src/Orders/Order.cs","length":60}]""");
    private static readonly ToolResult s_result = new(
        ToolResultKind.Answer, Encoding.UTF8.GetBytes("""{"content":[{"type":"text","text":"Wrote src/Orders/Order.cs"}]}"""));
    private static readonly Content s_content = Content.Of(new byte[60]);

    private readonly Preparation.Ready _ready = new(new Capture(s_left, [s_content]));

    public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Preparation>(_ready);

    public ValueTask<Execution> ExecuteAsync(WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Execution>(new Execution.Answered(s_result, s_left));

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Inversion>(new Inversion.Done());

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Finding.Unclear);

    public ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Execution>(new Execution.Answered(s_result));
}
