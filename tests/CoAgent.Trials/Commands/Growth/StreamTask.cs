using System.Collections.Immutable;

namespace CoAgent.Trials.Commands.Growth;

/// <summary>A task of an agent that has bash alone.</summary>
/// <param name="Number">Its place in the stream, from 1.</param>
/// <param name="Title">What was asked: the kind of work, and what it is about.</param>
/// <param name="Lines">The command lines that were run for it, in order.</param>
internal sealed record StreamTask(int Number, string Title, ImmutableArray<string> Lines)
{
    private const string Here = "<<'EOF'";

    /// <summary>The folder of the stream: tasks, the tree that they work on, the cluster's stand-in.</summary>
    public static string Folder { get; } = Path.Combine(CommandCorpus.Folder, "Growth");

    /// <summary>All tasks, in order.</summary>
    /// <remarks>Under a line with <c># </c> and the title the lines, one each; a here-document goes on to its <c>EOF</c>.</remarks>
    public static ImmutableArray<StreamTask> All { get; } = Load(File.ReadAllLines(Path.Combine(Folder, "tasks.txt")));

    private static ImmutableArray<StreamTask> Load(string[] text)
    {
        var tasks = ImmutableArray.CreateBuilder<StreamTask>();
        string? open = null;
        foreach (var line in text)
        {
            if (open is not null)
            {
                open += "\n" + line;
                if (line == "EOF")
                {
                    Add(open);
                    open = null;
                }
            }
            else if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                tasks.Add(new StreamTask(tasks.Count + 1, line[2..], []));
            }
            else if (line.EndsWith(Here, StringComparison.Ordinal))
            {
                open = line;
            }
            else if (line.Length > 0)
            {
                Add(line);
            }
        }

        return tasks.ToImmutable();

        void Add(string line) => tasks[^1] = tasks[^1] with { Lines = tasks[^1].Lines.Add(line) };
    }
}
