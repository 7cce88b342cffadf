using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>psql</c>: a database of a server; what it changes there nothing takes back.</summary>
internal static class PostgresRules
{
    /// <summary>Says what it touches.</summary>
    internal static void Touch(RuledCommand command)
    {
        var environment = command.Line.Environment;
        var database = command.Value("-d") ?? (command.Operands.IsEmpty ? null : command.Operands[0]);
        var host = Text(command.Value("-h"), environment.GetValueOrDefault("PGHOST", "localhost"));
        var name = Text(database, environment.GetValueOrDefault("PGDATABASE", environment.GetValueOrDefault("USER", "postgres")));
        var id = host is null || name is null || name.Contains("://", StringComparison.Ordinal) || name.Contains('=', StringComparison.Ordinal)
            ? ObjectPattern.Subtree(ObjectId.Create("pg:"))
            : ObjectPattern.Subtree(ObjectId.Create($"pg:{SegmentText.Of(host)}/{SegmentText.Of(name)}"));
        var texts = command.Words.Values("-c").Select(static each => (each as FieldValue.Text)?.Value)
            .Concat(command.Words.Values("-f").Select(command.Content)).ToList();
        if (texts.Count == 0 && !command.Has("-l"))
        {
            texts.Add(command.Input());
        }

        command.Tree.Line.Read(id);
        command.Verdict.SayAsksNetwork();
        if (texts.Exists(static text => text is null || text.Contains('\\', StringComparison.Ordinal) && !IsDescription(text)))
        {
            command.Verdict.SayOpaque("psql is to do what is not known");
        }
        else if (!texts.TrueForAll(static text => IsDescription(text!) || SqlText.IsRead(text!, out _)))
        {
            command.Tree.Line.Write(id);
            command.Verdict.SayIrreversible("psql changes a database");
        }
    }

    /// <summary><c>\d</c> and the like.</summary>
    private static bool IsDescription(string text) => text.StartsWith("\\d", StringComparison.Ordinal) || text is "\\l" or "\\conninfo" or "\\z";

    private static string? Text(FieldValue? value, string otherwise) => value switch
    {
        null => otherwise,
        FieldValue.Text text => text.Value,
        _ => null,
    };
}
