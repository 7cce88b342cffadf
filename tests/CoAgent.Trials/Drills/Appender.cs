using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Drills;

/// <summary>An agent that adds tokens to logs, each once, and keeps book of what it was told of them.</summary>
/// <param name="Index">Its number, counted from 0; its rank follows it.</param>
/// <param name="Connect">A new way to its tools; waits until there is one.</param>
/// <param name="Words">The calls.</param>
/// <remarks>It never makes a token twice: when nobody knows whether it is there, it is not made again.</remarks>
internal sealed record Appender(int Index, Func<CancellationToken, Task<AgentLine>> Connect, FileWords Words) : IAsyncDisposable
{
    public const int LogCount = 3;

    private const int TriesMax = 20;
    private const int FinishesMax = 30;

    private readonly Dictionary<string, Token> tokens = [];
    private readonly Dictionary<string, string> tokenOf = [];
    private AgentLine? line;

    /// <summary>Each token and what its agent was last told of it.</summary>
    public IReadOnlyDictionary<string, Token> Tokens => tokens;

    /// <summary>The way to its tools that is open.</summary>
    public AgentLine? Line => line;

    public static string LogOf(int number) => $"log{number % LogCount}";

    public async Task BeginAsync(CancellationToken cancellationToken) =>
        _ = await CallAsync(Words.Begin, cancellationToken);

    /// <summary>Adds its next token.</summary>
    public async Task AppendAsync(int number, CancellationToken cancellationToken)
    {
        var token = $"{(char)('a' + Index)}{number};";
        tokens[token] = Token.Unknown;
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            var told = await CallAsync(Words.Append(LogOf(number), token), cancellationToken);
            if (told is not { Status: "gated" or Told.NotDone })
            {
                Book(token, told);
                return;
            }
        }

        throw new PlayException($"{token} is gated again and again");
    }

    /// <summary>Finishes, however often it is asked to look at something before.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < FinishesMax; attempt++)
        {
            var told = await CallAsync(new Move.Call("coagent_finish", """{"wait":20}""", IsRead: false), cancellationToken);
            if (Told.StringOf(told?.Answer, "state") == "finished")
            {
                return;
            }

            if (told?.CallsIn("displaced") is { IsDefaultOrEmpty: false } displaced)
            {
                Array.ForEach([.. displaced], Lose);
                var calls = System.Text.Json.JsonSerializer.Serialize(new { calls = displaced });
                _ = await CallAsync(new Move.Call("coagent_undo", calls, IsRead: false), cancellationToken);
            }
        }

        throw new PlayException($"agent {Index} cannot finish");
    }

    public async ValueTask DisposeAsync() => await (line?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>Makes a call; null when its answer did not come.</summary>
    private async Task<Told?> CallAsync(Move.Call call, CancellationToken cancellationToken)
    {
        try
        {
            line ??= await Connect(cancellationToken);
            var told = Told.Of(await line.CallAsync(call.Tool, call.Arguments, cancellationToken));
            foreach (var notice in told.Notices.Where(notice => notice.Kind is "displaced" or "reverted" or "outside" or "overflow"))
            {
                Array.ForEach([.. notice.Calls], Lose);
            }

            return told;
        }
        catch (Exception gone) when (gone is IOException or HttpRequestException or InvalidOperationException or ObjectDisposedException)
        {
            await (line?.DisposeAsync() ?? ValueTask.CompletedTask);
            line = null;
            return null;
        }
    }

    private void Book(string token, Told? told)
    {
        if (told is { Status: "applied", IsError: false, Call: { } call })
        {
            tokenOf[call] = token;
            tokens[token] = Token.Applied;
        }
        else if (told is { Status: "refused" })
        {
            tokens[token] = Token.Refused;
        }
    }

    private void Lose(string call)
    {
        if (tokenOf.TryGetValue(call, out var token))
        {
            tokens[token] = Token.Lost;
        }
    }
}

/// <summary>What an agent was last told of a token.</summary>
internal enum Token
{
    /// <summary>Nothing, or that nobody knows.</summary>
    Unknown,

    /// <summary>It is there.</summary>
    Applied,

    /// <summary>It was there and is not any more, or nobody can say.</summary>
    Lost,

    /// <summary>It was not let in.</summary>
    Refused,
}
