"""Questions by cloud and by day, and the documents that answers are drawn from: a small dashboard on three clouds."""

import os

import pandas as pd
import psycopg
import streamlit as st

import data

st.set_page_config(page_title="MedAssistant dashboard", page_icon="🩺", layout="wide")
st.title("MedAssistant dashboard")
st.caption(
    f"Served by {os.environ.get('TRIMARAN_SITE', 'this machine')}"
    f" ({os.environ.get('TRIMARAN_REGION', 'no region')})"
)


@st.cache_resource
def records() -> data.Records:
    return data.Records(os.environ["DATABASE_URL"])


@st.cache_resource
def documents() -> data.Documents:
    return data.Documents(os.environ["BUCKET"], os.environ.get("AWS_ENDPOINT_URL_S3"))


def questions() -> None:
    rows = pd.DataFrame(records().newest(1000), columns=["asked_at", "question", "site", "cloud"])
    first, second, third = st.columns(3)
    first.metric("Questions", len(rows))
    second.metric("Clouds that answered", rows["cloud"].nunique())
    third.metric("Different questions", rows["question"].nunique())
    if rows.empty:
        st.info("Nothing was asked yet.")
        return
    left, right = st.columns(2)
    left.subheader("By cloud")
    left.bar_chart(rows.groupby("cloud").size())
    right.subheader("By day")
    right.line_chart(rows.groupby(rows["asked_at"].dt.date).size())
    st.dataframe(rows, width="stretch", hide_index=True)


def library() -> None:
    uploaded = st.file_uploader("Add a document", type=["md", "txt"])
    if uploaded is not None:
        documents().write(uploaded.name, uploaded.getvalue())
        st.success(f"{uploaded.name} was added")
    for name in documents().names():
        with st.expander(name):
            st.markdown(documents().read(name))


by_question, by_document = st.tabs(["Questions", "Documents"])
try:
    with by_question:
        question = st.text_input("Note a question")
        if st.button("Note it") and question:
            records().add(question, os.environ.get("TRIMARAN_SITE", "none"), os.environ.get("TRIMARAN_CLOUD", "none"))
        questions()
    with by_document:
        library()
except (psycopg.OperationalError, data.Unavailable) as error:
    st.warning("The data does not answer right now; its home may be down. Try again in a few seconds.")
    st.exception(error)
