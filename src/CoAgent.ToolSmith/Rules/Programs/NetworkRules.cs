using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Programs that ask the network.</summary>
internal static class NetworkRules
{
    /// <summary><c>curl</c>: what it shows or saves of what it is asked for.</summary>
    internal static void Curl(RuledCommand command)
    {
        if (command.Value("-X") is not (null or FieldValue.Text { Value: "GET" or "HEAD" or "OPTIONS" }))
        {
            command.Verdict.SayOpaque("curl sends more than a question");
            return;
        }

        foreach (var cookies in command.Words.Values("-b").Where(static value => value is not FieldValue.Text { Value: var text } || !text.Contains('=', StringComparison.Ordinal)))
        {
            command.Tree.Touch(Role.Read, cookies);
        }

        if (command.Words.Values("-H").Concat(command.Words.Values("-w")).Any(static value => value is FieldValue.Text { Value: ['@', ..] }))
        {
            command.Unseen("it is told in a file what it sends or shows");
        }

        foreach (var url in command.Operands.Concat(command.Words.Values("--url")))
        {
            if (url is not FieldValue.Text { Value: var text } || text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            {
                command.Unseen("what it asks for is not known, or is a file");
            }
            else if (command.Has("-O"))
            {
                Save(command, text);
            }
        }

        command.Verdict.SayAsksNetwork();
    }

    /// <summary><c>wget</c>: it saves what it is asked for, in one file or in files of names that show when it runs.</summary>
    internal static void Wget(RuledCommand command)
    {
        if (command.Has("--method"))
        {
            command.Verdict.SayOpaque("wget sends more than a question");
            return;
        }

        command.Verdict.SayAsksNetwork();
        if (command.Value("-O") is { } file)
        {
            command.Tree.Touch(Role.Output, file);
        }
        else if (!command.Has("--spider"))
        {
            command.Verdict.SayUnseen("wget: the name that it saves to shows when it runs", fetches: true);
        }
    }

    private static void Save(RuledCommand command, string url)
    {
        var path = url.Split('?', '#')[0];
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        var start = path.IndexOf('/', scheme < 0 ? 0 : scheme + 3);
        var name = start < 0 ? "" : path[(path.LastIndexOf('/') + 1)..];
        if (name.Length == 0 || url.AsSpan().ContainsAny('{', '[', '%'))
        {
            command.Verdict.SayUnseen("curl -O: the name that it saves to is not known", fetches: true);
        }
        else
        {
            command.Tree.Touch(Role.Write, new FieldValue.Text(name));
        }
    }
}
