using System.Collections.Immutable;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Drills;

/// <summary>Counts what is in the logs against what the agents were told.</summary>
internal static class Audit
{
    /// <summary>What does not add up; null when all does.</summary>
    public static string? FailureOf(TreeState tree, ImmutableArray<Appender> agents)
    {
        for (var log = 0; log < Appender.LogCount; log++)
        {
            var content = tree[Appender.LogOf(log)];
            var found = content.TrimStart('[').TrimEnd(']').Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(token => token + ";").ToArray();
            if (FailureOf(found, Expected(agents, log)) is { } failure)
            {
                return $"{failure}; {Appender.LogOf(log)} is {content}";
            }
        }

        return null;
    }

    /// <summary>The tokens of one log in serial order: by rank, and of one agent in the order of its calls.</summary>
    private static (string Token, Token Told)[] Expected(ImmutableArray<Appender> agents, int log) =>
    [
        .. agents.SelectMany(agent => agent.Tokens.Select((pair, number) => (pair.Key, pair.Value, Log: number % Appender.LogCount)))
            .Where(token => token.Log == log)
            .Select(token => (token.Key, token.Value)),
    ];

    private static string? FailureOf(string[] found, (string Token, Token Told)[] expected)
    {
        foreach (var (token, told) in expected)
        {
            var count = found.Count(one => one == token);
            var isGood = told switch
            {
                Token.Applied => count == 1,
                Token.Lost or Token.Refused => count == 0,
                _ => count <= 1,
            };
            if (!isGood)
            {
                return $"{token} was told as {told} and is there {count} times";
            }
        }

        var inOrder = expected.Select(one => one.Token).Where(found.Contains);
        return inOrder.SequenceEqual(found) ? null : "the tokens are not in serial order";
    }
}
