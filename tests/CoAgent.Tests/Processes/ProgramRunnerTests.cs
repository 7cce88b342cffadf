using System.Collections.Immutable;
using System.Text;
using CoAgent.Proxy.Processes;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Processes;

/// <summary>The programs that captures and inverses run.</summary>
public sealed class ProgramRunnerTests : IAsyncDisposable
{
    private readonly ChildReaper _reaper = ChildReaper.Start(new RecordingLogger(), TimeProvider.System);

    public async ValueTask DisposeAsync() => await _reaper.DisposeAsync();

    [Fact]
    public async Task A_program_is_given_its_arguments_input_and_environment_whatever_they_hold()
    {
        const string Hostile = "a 'b' \"c\" $(touch x) ; \n `d` *";
        var start = Start("sh", "-c", "printf '%s|' \"$1\" \"$GIVEN\"; cat", "sh", Hostile) with
        {
            Input = Encoding.UTF8.GetBytes(Hostile),
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("GIVEN", Hostile),
        };
        var exited = Assert.IsType<ProgramEnd.Exited>(await RunAsync(start));
        Assert.Equal((0, $"{Hostile}|{Hostile}|{Hostile}"), (exited.ExitCode, Encoding.UTF8.GetString(exited.Output.Span)));
    }

    [Fact]
    public async Task A_program_that_fails_says_how()
    {
        var exited = Assert.IsType<ProgramEnd.Exited>(await RunAsync(Start("sh", "-c", "echo no >&2; exit 3")));
        Assert.Equal((3, "no"), (exited.ExitCode, exited.Errors));
    }

    [Fact]
    public async Task A_program_that_is_not_there_was_not_started() =>
        Assert.IsType<ProgramEnd.NotStarted>(await RunAsync(Start("no-such-program-of-anybody")));

    [Fact]
    public async Task A_program_that_would_be_given_a_NUL_was_not_started() =>
        Assert.IsType<ProgramEnd.NotStarted>(await RunAsync(Start("printf", "a\0b")));

    [Fact]
    public async Task A_program_that_prints_without_end_is_ended() =>
        Assert.IsType<ProgramEnd.Ended>(await RunAsync(Start("yes")));

    [Fact]
    public async Task A_program_that_nobody_waits_for_any_more_is_ended()
    {
        using var gone = new CancellationTokenSource();
        var running = new ProgramRunner(_reaper, new RecordingLogger(), TimeProvider.System).RunAsync(Start("cat", "/dev/zero") with
        {
            OutputBytesMax = int.MaxValue,
        }, gone.Token).AsTask();
        await gone.CancelAsync();
        Assert.IsType<ProgramEnd.Ended>(await running.Bounded());
    }

    private static ProgramStart Start(params ImmutableArray<string> arguments) =>
        new(arguments, "/", ImmutableSortedDictionary<string, string>.Empty) { Timeout = Eventually.Patience, OutputBytesMax = 100_000 };

    private Task<ProgramEnd> RunAsync(ProgramStart start) =>
        new ProgramRunner(_reaper, new RecordingLogger(), TimeProvider.System).RunAsync(start, CancellationToken.None).AsTask().Bounded();
}
