using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>One thing that is done to capture, execute or take back (docs/catalog.md, "Steps").</summary>
public abstract record Step
{
    private Step()
    {
    }

    /// <summary>The name of what it answers; null when nobody asks.</summary>
    public string? Save { get; init; }

    /// <summary>Whether it is done; null for always.</summary>
    public Condition? When { get; init; }

    /// <summary>Whether the steps go on after its failure, which then saves nothing.</summary>
    public bool AllowsFailure { get; init; }

    /// <summary>The names that its templates begin with.</summary>
    public IEnumerable<string> Names => (this switch
    {
        Run run => run.Arguments.Concat(run.Environment.Values).Concat(run.Input is null ? [] : [run.Input]).SelectMany(static text => text.Names),
        Script script => script.Environment.Values.Concat(script.Files.Values).SelectMany(static text => text.Names),
        Call call => call.Arguments.Names,
        _ => throw new InvalidOperationException("A step is one of three kinds."),
    }).Concat(When is null ? [] : [When.Name]);

    /// <summary>A program, without a shell: each element is one argument, or one for each element of a list.</summary>
    /// <param name="Arguments">The program and its arguments.</param>
    public sealed record Run(ImmutableArray<TextTemplate> Arguments) : Step
    {
        /// <summary>What is added to the environment.</summary>
        public ImmutableSortedDictionary<string, TextTemplate> Environment { get; init; } = ImmutableSortedDictionary<string, TextTemplate>.Empty;

        /// <summary>What the program is given on standard input; null for nothing.</summary>
        public TextTemplate? Input { get; init; }
    }

    /// <summary>A script for <c>sh -eu</c>: values reach it through environment and files only.</summary>
    /// <param name="Text">The script; no template.</param>
    public sealed record Script(string Text) : Step
    {
        /// <summary>What is added to the environment.</summary>
        public ImmutableSortedDictionary<string, TextTemplate> Environment { get; init; } = ImmutableSortedDictionary<string, TextTemplate>.Empty;

        /// <summary>The files that it finds in <c>$CAPTURE</c>, by name.</summary>
        public ImmutableSortedDictionary<string, TextTemplate> Files { get; init; } = ImmutableSortedDictionary<string, TextTemplate>.Empty;
    }

    /// <summary>A tool of the same server.</summary>
    /// <param name="Tool">What the server calls it.</param>
    /// <param name="Arguments">Its arguments: an object.</param>
    public sealed record Call(string Tool, ValueTemplate Arguments) : Step;
}
