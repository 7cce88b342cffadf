namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>What a word is for: which signs mean something in it.</summary>
internal enum WordRole
{
    /// <summary>Braces, tildes, patterns; <c>NAME=~</c> is a tilde too.</summary>
    Argument,

    /// <summary>As an argument of <c>declare</c> and the like: <c>NAME=(…)</c> is an array.</summary>
    Declaration,

    /// <summary>What is assigned: no braces, a tilde after each colon.</summary>
    Value,

    /// <summary>A pattern of <c>case</c> or <c>[[</c>: no braces.</summary>
    Pattern,

    /// <summary>What stands after <c>=~</c>: parentheses and bars belong to it.</summary>
    Regex,

    /// <summary>A name, or the subject of <c>case</c>: no braces.</summary>
    Plain,

    /// <summary>What ends a here-document: nothing is expanded.</summary>
    Delimiter,
}
